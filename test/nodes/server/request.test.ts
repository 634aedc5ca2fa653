import { describe, expect, test, vi } from "vitest";
import { call, field, post, route, type Served, serve, server } from "./helpers.js";

const JSON_TYPE = "application/json";

describe("the job's value", () => {
  test("is the typed query", async () => {
    const served = await serve(server([route({ query: [field("n", "integer", { array: true })] })]));
    const reply = await call(served, "/?n=1&n=2&n=3&other=x");
    expect(reply).toMatchObject({ status: 200, text: '{"n":[1,2,3]}' });
    expect(reply.headers).toMatchObject({ "content-type": "application/json; charset=utf-8", "x-request-id": "r1" });
  });

  test("keeps big integers exact on the way in and out", async () => {
    const served = await serve(server([route({ query: [field("n", "bigint")] })]));
    expect((await call(served, "/?n=123456789012345678901")).text).toBe('{"n":123456789012345678901}');
  });

  test("merges path, query and body fields", async () => {
    const fields = [field("x", "integer"), field("y", "string", { required: false })];
    const inputs = { params: [field("z", "integer")], query: [field("q", "boolean")] };
    const one = route({ methods: ["POST"], path: "/t/:z", ...inputs, body: { kind: "fields", fields } });
    const served = await serve(server([one]));
    expect((await post(served, "/t/3?q=1", '{"x":1.0,"more":1}', JSON_TYPE)).json).toEqual({ z: 3, q: true, x: 1 });
  });

  test("decodes the path", async () => {
    const served = await serve(
      server([route({ path: "/t/:a/:b", params: [field("a", "string"), field("b", "string")] })]),
    );
    expect((await call(served, "/t/x%20%2Fy/%C3%A9")).json).toEqual({ a: "x /y", b: "é" });
    expect((await call(served, `/t/${"9".repeat(500)}/b`)).status).toBe(200);
    expect((await call(served, `/t/${"9".repeat(3000)}/b`)).status).toBe(414);
    expect((await call(served, "/t/%zz/b")).json).toMatchObject({ status: 400, detail: "the path is not a valid URL" });
  });

  test("is the JSON body itself, without loss, or stands beside the query", async () => {
    const alone = route({ methods: ["POST"], path: "/alone", body: { kind: "json" } });
    const beside = route({ ...alone, path: "/beside", query: [field("n", "integer")] });
    const served = await serve(server([alone, beside]));
    expect((await post(served, "/alone", "[12345678901234567890]", JSON_TYPE)).text).toBe("[12345678901234567890]");
    expect((await post(served, "/beside?n=1", "[2]", "application/vnd.x+json; charset=UTF-8")).json).toEqual({
      n: 1,
      body: [2],
    });
  });

  test("is the text, or the bytes and nothing else", async () => {
    const text = route({ methods: ["POST"], path: "/text", body: { kind: "text" } });
    const bytes = route({ methods: ["PUT"], path: "/bytes", body: { kind: "bytes" }, query: [field("n", "integer")] });
    const served = await serve(server([text, bytes]));
    expect((await post(served, "/text", "häl", "text/plain")).json).toBe("häl");
    const reply = await call(served, "/bytes?n=1", { method: "PUT", body: Buffer.from([0, 255, 1]) });
    expect(reply.headers["content-type"]).toBe("application/octet-stream");
    expect(reply.headers["content-length"]).toBe("3");
    expect((await call(served, "/bytes?n=x", { method: "PUT", body: "x" })).status).toBe(400);
  });

  test("goes with its route, its timeout, and a valid traceparent", async () => {
    const served = await serve(server([route({ path: "/a" }), route({ path: "/b", timeoutMs: 77 })]));
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await call(served, "/b", { headers: { traceparent } });
    await call(served, "/a", {
      headers: { traceparent: traceparent.replace("0af7651916cd43dd8448eb211c80319c", "0".repeat(32)) },
    });
    expect(served.gateway.requests).toMatchObject([
      { route: 1, timeoutMs: 77, traceparent },
      { route: 0, traceparent: undefined },
    ]);
  });
});

describe("a bad request", () => {
  const fields = [field("x", "integer"), field("l", "integer", { array: true })];
  const one = route({
    methods: ["POST"],
    query: [field("n", "integer", { array: true }), field("m", "number")],
    body: { kind: "fields", fields },
  });

  test("is told all its problems at once", async () => {
    const served = await serve(server([one]));
    const reply = await post(served, "/?n=1&n=b", '{"x":"1","l":[1,null]}', JSON_TYPE);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.json).toEqual({
      type: "about:blank",
      title: "Bad Request",
      status: 400,
      detail: '"n[1]" must be an integer, not "b"; "m" is required; "x" must be an integer, not "1"; and 1 more',
      errors: [
        { in: "query", name: "n", index: 1, message: '"n[1]" must be an integer, not "b"' },
        { in: "query", name: "m", message: '"m" is required' },
        { in: "body", name: "x", message: '"x" must be an integer, not "1"' },
        { in: "body", name: "l", index: 1, message: '"l[1]" must be an integer, not null' },
      ],
    });
    expect(served.gateway.requests).toHaveLength(0);
  });

  test("may have no JSON, other JSON, or bytes that are no text", async () => {
    const served = await serve(server([one]));
    const errorsOf = async (body: string | Buffer) => (await post(served, "/?n=1&m=1", body, JSON_TYPE)).json.errors;
    expect(await errorsOf('{"x": 1, oops}')).toMatchObject([{ in: "body", message: /not valid JSON/ }]);
    expect(await errorsOf('{"x": 12345678901234567890, oops}')).toMatchObject([{ position: expect.any(Number) }]);
    expect(await errorsOf("[1]")).toMatchObject([{ message: "the body must be a JSON object" }]);
    expect(await errorsOf(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject([{ message: "the body is not valid UTF-8" }]);
    expect(await errorsOf("")).toMatchObject([{ message: '"x" is required' }, { message: '"l" is required' }]);
  });

  test("may be nested deeper than any stack", async () => {
    const json = route({ methods: ["POST"], query: [field("n", "integer")], body: { kind: "json" } });
    const served = await serve(server([json], { maxBodyBytes: 1e6 }));
    for (const core of ["1", "12345678901234567890"]) {
      const reply = await post(served, "/?n=1", "[".repeat(2e5) + core + "]".repeat(2e5), JSON_TYPE);
      expect(reply.status).toBe(400);
    }
  });

  test("may have a body where none is taken, of the wrong type, or in the wrong coding", async () => {
    const json = route({ methods: ["POST"], path: "/json", body: { kind: "json" } });
    const text = route({ methods: ["POST"], path: "/text", body: { kind: "text" } });
    const none = route({ methods: ["POST"], path: "/none" });
    const served = await serve(server([json, text, none]));
    const statusOf = async (path: string, type?: string) => (await post(served, path, "1", type)).status;
    expect(await statusOf("/none")).toBe(400);
    expect(await statusOf("/json", "text/plain")).toBe(415);
    expect(await statusOf("/json", "application/x-www-form-urlencoded")).toBe(415);
    expect(await statusOf("/json", "application/json; charset=latin1")).toBe(415);
    expect(await statusOf("/json")).toBe(200);
    expect(await statusOf("/text", "application/json")).toBe(415);
    expect(await statusOf("/text", "text/csv; charset=utf-8")).toBe(200);
    const zipped = await gzipped(served);
    expect(zipped).toMatchObject({ status: 415, json: { title: "Unsupported Media Type" } });
  });

  function gzipped(served: Served) {
    const headers = { "content-type": JSON_TYPE, "content-encoding": "gzip" };
    return call(served, "/json", { method: "POST", body: "1", headers });
  }
});

test("a bug is a 500 that tells nothing, and not the end of the process", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const bug = () => {
    throw new Error("secret");
  };
  const served = await serve(server([route(), route({ path: "/b", methods: ["POST"], body: { kind: "text" } })]), bug);
  for (const reply of [await call(served, "/"), await post(served, "/b", "x")]) {
    expect(reply).toMatchObject({ status: 500, json: { detail: "the request could not be handled" } });
  }
  expect(warn).toHaveBeenCalledTimes(2);
  warn.mockRestore();
});
