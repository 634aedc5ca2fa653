import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../src/nodes/server/gateway.js";
import { encodeBody } from "../../../src/protocol/payload.js";
import type { Server } from "../../../src/topology/types.js";
import { answer, call, field, type Reply, route, serve, server } from "./helpers.js";

async function outcomeOf(outcome: Outcome, more: Partial<Server> = {}): Promise<Reply> {
  return call(await serve(server([route()], more), () => outcome), "/");
}

describe("an answer", () => {
  test("is passed on as it is, text or buffer", async () => {
    for (const payload of ['{ "a":1 }', Buffer.from('{ "a":1 }')]) {
      const reply = await outcomeOf({ kind: "answer", body: { kind: 0, payload }, meta: undefined });
      expect(reply).toMatchObject({ status: 200, text: '{ "a":1 }' });
      expect(reply.headers["content-length"]).toBe("9");
    }
  });

  test.each([1, 256, 257, 8192, 8193, 100_000])("of %i bytes has every one of them, whatever it is", async (length) => {
    const payload = Buffer.from(Array.from({ length }, (_, i) => 255 - (i & 255)));
    const { bytes, headers } = await outcomeOf({ kind: "answer", body: encodeBody(payload), meta: undefined });
    expect(bytes.equals(payload)).toBe(true);
    expect(headers["content-length"]).toBe(String(length));
  });

  test("has the worker's status and headers, but for those of the connection", async () => {
    const headers = {
      "Content-Type": "image/png",
      "X-A": "1",
      "Content-Length": "99",
      "transfer-encoding": "chunked",
      connection: "close",
    };
    const reply = await outcomeOf({
      kind: "answer",
      body: encodeBody(Buffer.from("png")),
      meta: { status: 201, headers },
    });
    expect(reply).toMatchObject({ status: 201, text: "png" });
    expect(reply.headers).toMatchObject({ "content-type": "image/png", "x-a": "1", "content-length": "3" });
    expect(reply.headers["transfer-encoding"]).toBeUndefined();
  });

  test.each([204, 304])("of status %i has no body", async (status) => {
    const reply = await outcomeOf({ kind: "answer", body: encodeBody("x"), meta: { status } });
    expect(reply).toMatchObject({ status, text: "" });
    expect(reply.headers["content-length"]).toBeUndefined();
  });

  test.each([
    { status: 99 },
    { status: 101 },
    { status: 200.5 },
    { headers: { "bad name": "x" } },
    { headers: { good: "a\r\nb: c" } },
  ])("that HTTP cannot carry is a 500: %j", async (meta) => {
    expect((await outcomeOf({ kind: "answer", body: encodeBody(1), meta })).status).toBe(500);
  });
});

describe("a failure", () => {
  const failed = (status?: number): Outcome => ({
    kind: "failed",
    failure: { stage: "square", message: "secret", status },
  });

  test("names the stage and nothing more", async () => {
    const reply = await outcomeOf(failed());
    expect(reply.headers).toMatchObject({ "content-type": "application/problem+json", "x-request-id": "r1" });
    expect(reply.json).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail: 'stage "square" failed',
      stage: "square",
    });
  });

  test("tells the worker's message when that is wanted, by the topology or by the worker", async () => {
    expect((await outcomeOf(failed(), { exposeErrors: true })).json.detail).toBe('stage "square" failed: secret');
    expect((await outcomeOf(failed(422))).json).toMatchObject({ status: 422, detail: 'stage "square" failed: secret' });
    expect((await outcomeOf(failed(42))).status).toBe(500);
  });
});

describe("a late request", () => {
  test("is a 504", async () => {
    expect(await outcomeOf({ kind: "timeout" })).toMatchObject({
      status: 504,
      json: { title: "Gateway Timeout", detail: "no answer within 1000 ms" },
    });
  });

  test("is what the route says, else what the server says", async () => {
    const ofServer = { status: 200, body: { partial: true } };
    const routes = [route({ path: "/a" }), route({ path: "/b", onTimeout: { status: 202, body: 1n } })];
    const served = await serve(server(routes, { onTimeout: ofServer }), () => ({ kind: "timeout" }));
    expect(await call(served, "/a")).toMatchObject({ status: 200, json: { partial: true } });
    expect(await call(served, "/b")).toMatchObject({ status: 202, text: "1" });
  });
});

describe("a request that the graph does not take", () => {
  test.each(["busy", "starting", "draining"] as const)("while %s is a 503 with Retry-After", async (state) => {
    const served = await serve(server([route()]));
    served.gateway.now = state;
    const agentless = await call(served, "/", { headers: { connection: "keep-alive" } });
    expect(agentless).toMatchObject({ status: 503, json: { title: "Service Unavailable" } });
    expect(agentless.headers["retry-after"]).toBe("2");
    expect(agentless.headers.connection).toBe(state === "draining" ? "close" : "keep-alive");
  });
});

test("health is the gateway's state, and never goes to the graph", async () => {
  const served = await serve(server([route()]));
  expect(await call(served, "/healthz")).toMatchObject({ status: 200, json: { status: "ready" } });
  expect(await call(served, "/healthz", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  for (const state of ["starting", "draining"] as const) {
    served.gateway.now = state;
    const reply = await call(served, "/healthz");
    expect(reply).toMatchObject({ status: 503, json: { status: state } });
    expect(reply.headers["retry-after"]).toBe("1");
  }
  expect(served.gateway.requests).toHaveLength(0);
});

describe("methods", () => {
  const routes = [
    route({ path: "/t/:x", params: [field("x", "string")] }),
    route({ path: "/t/new", methods: ["POST", "DELETE"] }),
    route({ path: "/odd", methods: ["PROPFIND"] }),
  ];

  test("an unknown path is a 404", async () => {
    const served = await serve(server(routes));
    expect((await call(served, "/nope?x=/t/1")).json).toMatchObject({ status: 404, title: "Not Found" });
    expect((await call(served, "/nope", { method: "OPTIONS" })).status).toBe(404);
    expect((await call(served, "/nope", { method: "POST", body: "x".repeat(5000) })).status).toBe(404);
  });

  test("another method of a known path is a 405 that allows what the path takes", async () => {
    const served = await serve(server(routes));
    const put = await call(served, "/t/1", { method: "PUT", body: "x" });
    expect(put).toMatchObject({ status: 405, json: { status: 405 } });
    expect(put.headers.allow).toBe("GET, HEAD, OPTIONS");
    const mkcol = await call(served, "/t/new?x", { method: "MKCOL" });
    expect(mkcol.headers.allow).toBe("DELETE, GET, HEAD, OPTIONS, POST");
    expect((await call(served, "/healthz", { method: "POST" })).headers.allow).toBe("GET, HEAD, OPTIONS");
  });

  test("OPTIONS tells what a path takes", async () => {
    const served = await serve(server(routes));
    const reply = await call(served, "/t/1", { method: "OPTIONS" });
    expect(reply).toMatchObject({ status: 204, text: "" });
    expect(reply.headers.allow).toBe("GET, HEAD, OPTIONS");
  });

  test("any method can be a route's", async () => {
    const served = await serve(server(routes));
    expect((await call(served, "/odd", { method: "PROPFIND" })).status).toBe(200);
  });

  test("HEAD is GET without the body", async () => {
    const served = await serve(server(routes), () => answer("abc"));
    const [get, head] = [await call(served, "/t/1"), await call(served, "/t/1", { method: "HEAD" })];
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
    expect(head.headers["content-type"]).toBe(get.headers["content-type"]);
  });
});

test("answers are counted by route and status, and what is of no route together", async () => {
  const served = await serve(server([route(), route({ path: "/t/:id" })]));
  for (const path of ["/", "/t/1", "/t/2", "/nope", "/nope/%00", "/healthz"]) await call(served, path);
  const answers = { "/": { 200: 1 }, "/t/:id": { 200: 2 }, "/healthz": { 200: 1 }, "": { 404: 2 } };
  expect(served.http.stats).toMatchObject({ received: 6, inFlight: 0, answers });
});
