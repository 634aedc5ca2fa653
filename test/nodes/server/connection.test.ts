import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { answer, call, eventually, field, RawClient, route, serve, server, statusesOf } from "./helpers.js";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const json = route({ methods: ["POST"], body: { kind: "json" } });

describe("a connection", () => {
  test("serves one request after the other", async () => {
    const { port } = await serve(server([route({ query: [field("n", "integer")] })]));
    const client = new RawClient(port).send("GET /?n=1 HTTP/1.1", "host: x", "", "");
    await eventually(() => expect(client.received).toContain('{"n":1}'));
    client.send("GET /?n=2 HTTP/1.1", "host: x", "", "");
    await eventually(() => expect(client.received).toContain('{"n":2}'));
    expect(client.closed).toBe(false);
  });

  test("gets pipelined answers in order, whichever is ready first", async () => {
    const one = route({ query: [field("n", "integer")] });
    const served = await serve(server([one]), (value) =>
      (value as { n: number }).n === 2 ? answer("second") : undefined,
    );
    const client = new RawClient(served.port);
    client.send(
      "GET /?n=1 HTTP/1.1",
      "host: x",
      "",
      "GET /?n=2 HTTP/1.1",
      "host: x",
      "",
      "GET /?n=x HTTP/1.1",
      "host: x",
      "",
      "",
    );
    await eventually(() => expect(served.gateway.requests).toHaveLength(2));
    await wait(30);
    expect(client.received).toBe("");
    served.gateway.settlers[0]!(answer("first"));
    await eventually(() => expect(client.received).toContain("must be an integer"));
    expect(client.received).toMatch(/first.*second.*must be/s);
  });

  test("that asks before it sends is told to continue", async () => {
    const { port } = await serve(server([json]));
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1", "host: x", "expect: 100-continue", "content-length: 3", "", "");
    await eventually(() => expect(client.received).toBe("HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("[1]");
    await eventually(() => expect(client.received).toMatch(/200 OK.*\[1\]$/s));
  });

  test("that asks before it sends too much is told not to", async () => {
    const { port } = await serve(server([json]));
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1", "host: x", "expect: 100-continue", "content-length: 5000", "", "");
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
  });
});

describe("a body over the limit", () => {
  test("is a 413, and the connection goes on", async () => {
    const { port } = await serve(server([json]));
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1", "host: x", "content-length: 5000", "", "x".repeat(5000));
    await eventually(() => expect(client.received).toMatch(/413 Payload Too Large.*"limit":1000/s));
    client.send("POST / HTTP/1.1", "host: x", "content-length: 3", "", "[1]");
    await eventually(() => expect(client.received).toMatch(/200 OK.*\[1\]$/s));
  });

  test("is a 413 when it comes in chunks of unknown number, and is cut when they do not end", async () => {
    const { port } = await serve(server([json]));
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1", "host: x", "transfer-encoding: chunked", "", "");
    const timer = setInterval(() => client.send("64", "x".repeat(100), ""), 5);
    await eventually(() => expect(client.received).toContain("413 Payload Too Large"));
    await eventually(() => expect(client.closed).toBe(true));
    clearInterval(timer);
  });

  test("is read up to the limit itself", async () => {
    const served = await serve(server([route({ methods: ["POST"], body: { kind: "bytes" } })]));
    expect((await call(served, "/", { method: "POST", body: "x".repeat(1000) })).status).toBe(200);
    expect((await call(served, "/", { method: "POST", body: "x".repeat(1001) })).status).toBe(413);
  });
});

describe("what is not HTTP", () => {
  test("is a 400", async () => {
    const { http, port } = await serve(server([route()]));
    const client = new RawClient(port).send("BOGUS\r\n\r\n");
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toMatch(/^HTTP\/1.1 400 Bad Request.*application\/problem\+json.*"status":400/s);
    expect(statusesOf(http.stats)).toEqual({ 400: 1 });
  });

  test("is a 400 in the middle of a body too", async () => {
    const { port } = await serve(server([json]));
    const client = new RawClient(port);
    client.send("POST / HTTP/1.1", "host: x", "transfer-encoding: chunked", "", "zz", "");
    await eventually(() => expect(client.received).toContain("HTTP/1.1 400 Bad Request"));
  });

  test("is a 431 when its headers have no end", async () => {
    const { port } = await serve(server([route()]));
    const client = new RawClient(port).send("GET / HTTP/1.1", `x: ${"y".repeat(40_000)}`, "", "");
    await eventually(() => expect(client.received).toMatch(/^HTTP\/1.1 431 .*"status":431/s));
  });

  test("is never taken for the answer to a request that waits", async () => {
    const served = await serve(server([route()]), () => undefined);
    const client = new RawClient(served.port).send("GET / HTTP/1.1", "host: x", "", "BOGUS\r\n\r\n");
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toBe("");
    expect(served.gateway.cancels).toBe(1);
  });
});

describe("a client that hangs up", () => {
  test("cancels its requests once, pipelined ones too, and gets nothing", async () => {
    const served = await serve(server([route()]), () => undefined);
    const client = new RawClient(served.port).send(
      "GET / HTTP/1.1",
      "host: x",
      "",
      "GET / HTTP/1.1",
      "host: x",
      "",
      "",
    );
    await eventually(() => expect(served.http.stats.inFlight).toBe(2));
    client.socket.destroy();
    await eventually(() => expect(served.gateway.cancels).toBe(2));
    for (const settle of served.gateway.settlers) settle(answer("too late"));
    expect(served.http.stats).toMatchObject({ inFlight: 0, cancelled: 2, answers: { "/": {} } });
    expect(served.gateway.cancels).toBe(2);
  });

  test("is noticed when it only ends its side", async () => {
    const served = await serve(server([route()]), () => undefined);
    const client = new RawClient(served.port).send("GET / HTTP/1.1", "host: x", "", "");
    await eventually(() => expect(served.http.stats.inFlight).toBe(1));
    client.socket.end();
    await eventually(() => expect(served.gateway.cancels).toBe(1));
  });

  test("before its body is whole has asked for nothing", async () => {
    const served = await serve(server([json]));
    const client = new RawClient(served.port).send("POST / HTTP/1.1", "host: x", "content-length: 9", "", "[1");
    await eventually(() => expect(served.http.stats.received).toBe(1));
    client.socket.resetAndDestroy();
    await wait(30);
    expect(served.gateway.requests).toHaveLength(0);
    expect((await call(served, "/", { method: "POST", body: "1" })).status).toBe(200);
  });

  test("after its answer cancels nothing, and connections gather no listeners", async () => {
    const served = await serve(server([route()]));
    const warnings = vi.spyOn(process, "emitWarning");
    const client = new RawClient(served.port);
    for (let n = 1; n <= 30; n++) {
      client.send("GET / HTTP/1.1", "host: x", "", "");
      await eventually(() => expect(client.received.match(/200 OK/g)).toHaveLength(n));
    }
    client.socket.destroy();
    await once(client.socket, "close");
    await wait(20);
    expect(served.gateway.cancels).toBe(0);
    // Node warns of the eleventh listener.
    expect(warnings).not.toHaveBeenCalled();
  });
});
