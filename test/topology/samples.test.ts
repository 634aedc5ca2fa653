import { describe, expect, test } from "vitest";
import { matchRoute } from "../../src/topology/match.js";
import type { Route } from "../../src/topology/types.js";
import { around, mistakesIn, topologyOf } from "./support.js";

const samples = (...tables: readonly string[]) =>
  around({ rest: tables.map((text) => `[[samples]]\n${text}`).join("\n") });
const POST = (text: string) => around({ route: 'body = "json"', rest: `[[samples]]\n${text}` });

describe("a sample", () => {
  test("is a GET, answered 200 with anything, unless it says otherwise", async () => {
    const topology = await topologyOf(samples('request = "/?n=1"'));
    expect(topology.samples).toEqual([
      { method: "GET", target: "/?n=1", body: undefined, status: 200, answer: undefined },
    ]);
  });

  test("with a body is a POST; integers are exact, whatever their size", async () => {
    const text = "body = { n = [1, 9007199254740993], x = 2.5 }\nanswer = 9007199254740993\nstatus = 201";
    const topology = await topologyOf(POST(`request = "/"\n${text}`));
    expect(topology.samples).toEqual([
      {
        method: "POST",
        target: "/",
        body: { kind: "json", value: { n: [1, 9007199254740993n], x: 2.5 } },
        status: 201,
        answer: { value: 9007199254740993n },
      },
    ]);
  });

  test("may have text for a body, with its type", async () => {
    const topology = await topologyOf(POST('request = "POST /"\nbody = "1, 2"\ncontent_type = "text/csv"'));
    expect(topology.samples[0]!.body).toEqual({ kind: "text", contentType: "text/csv", text: "1, 2" });
  });

  test("may stand in an included file", async () => {
    const text = around({ top: 'include = ["more.toml"]', rest: '[[samples]]\nrequest = "/?n=1"' });
    const topology = await topologyOf(text, { "more.toml": '[[samples]]\nrequest = "/?n=2"' });
    expect(topology.samples.map(({ target }) => target)).toEqual(["/?n=1", "/?n=2"]);
  });
});

describe("mistakes in a sample", () => {
  test.each([
    ['request = "/"\nanswr = 1', 'main.toml:13:1: unknown key "answr" in [[samples]]; did you mean "answer"?'],
    ["answer = 1", 'main.toml:11:1: [[samples]] needs request (for example request = "GET /?n=1")'],
    [
      'request = "get /"',
      'main.toml:12:11: request must be a request such as "GET /path?n=1" or "/path?n=1", not "get /"',
    ],
    [
      'request = "GET /?q=ä"',
      'main.toml:12:11: request must be a request such as "GET /path?n=1" or "/path?n=1", not "GET /?q=ä" (write other characters percent-encoded)',
    ],
    ['request = "/"\nstatus = 99', "main.toml:13:10: status must be a whole number from 200 to 599, not 99"],
    ['request = "/nowhere?n=1"', 'main.toml:12:11: no route answers GET /nowhere (the paths are "/")'],
    ['request = "POST /"\nbody = {}', "main.toml:12:11: no route answers POST / (/ takes GET)"],
    ['request = "GET /"\nbody = {}', "main.toml:13:8: a GET request has no body"],
    ['request = "/"\ncontent_type = "text/csv"', "main.toml:13:16: a request without a body has no content_type"],
  ])("%s", async (text, expected) => {
    expect(await mistakesIn(samples(text))).toEqual([expected]);
  });

  test.each([
    ['request = "/"\nbody = "x"', "main.toml:14:8: a body that is a string needs a content_type"],
    [
      'request = "/"\nbody = {}\ncontent_type = "text/csv"',
      "main.toml:15:16: only a body that is a string can have a content_type (a value is sent as JSON)",
    ],
    ['request = "/"\nbody = [nan]', "main.toml:14:9: JSON has no NaN"],
  ])("%s", async (text, expected) => {
    expect(await mistakesIn(POST(text))).toEqual([expected]);
  });

  test("are told once, with the nearest path, and not at all while the routes are in doubt", async () => {
    const text = (path: string) => `${around({ route: `path = "${path}"` })}\n[[samples]]\nrequest = "/sqare"`;
    expect(await mistakesIn(text("/square"))).toEqual([
      'main.toml:12:11: no route answers GET /sqare; did you mean "/square"?',
    ]);
    expect(await mistakesIn(text("square"))).toEqual([expect.stringContaining("path must be")]);
  });
});

test("a request belongs to the route that is plain where another has a parameter", () => {
  const route = (path: string, ...methods: readonly string[]) => ({ path, methods }) as unknown as Route;
  const routes = [route("/:a/b", "GET"), route("/x/:b", "GET"), route("/x/b", "POST"), route("/", "GET")];
  expect(matchRoute(routes, "GET", "/x/b")).toEqual({ index: 1, params: { b: "b" } });
  expect(matchRoute(routes, "GET", "/%C3%A4/b")).toEqual({ index: 0, params: { a: "ä" } });
  expect(matchRoute(routes, "POST", "/x/b")).toEqual({ index: 2, params: {} });
  expect(matchRoute(routes, "GET", "/")).toEqual({ index: 3, params: {} });
  for (const path of ["/x", "/x/", "/x/b/c", "/%/b"]) expect(matchRoute(routes, "GET", path)).toBeUndefined();
});
