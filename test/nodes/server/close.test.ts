import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createHttpServer } from "../../../src/nodes/server/http.js";
import { answer, call, eventually, FakeGateway, RawClient, route, serve, server, statusesOf } from "./helpers.js";

const GET = ["GET / HTTP/1.1", "host: x", "", ""] as const;

test("a draining server ends its connections with their answers", async () => {
  const served = await serve(server([route()]), () => undefined);
  const client = new RawClient(served.port).send(...GET);
  await eventually(() => expect(served.gateway.requests).toHaveLength(1));
  served.gateway.now = "draining";
  served.gateway.settlers[0]!(answer(1));
  await eventually(() => expect(client.closed).toBe(true));
  expect(client.received).toMatch(/200 OK.*connection: close/is);
});

describe("close", () => {
  test("ends idle connections at once, those that never asked included", async () => {
    const served = await serve(server([route()]));
    const [idle, mute, slow] = [new RawClient(served.port), new RawClient(served.port), new RawClient(served.port)];
    idle.send(...GET);
    slow.send("GET / HTT");
    await eventually(() => expect(idle.received).toContain("200 OK"));
    const start = performance.now();
    await served.http.close();
    expect(performance.now() - start).toBeLessThan(3000);
    await eventually(() => expect([idle.closed, mute.closed, slow.closed]).toEqual([true, true, true]));
  });

  test("lets running requests finish, pipelined ones too, and takes no new connection", async () => {
    const served = await serve(server([route()]), () => undefined);
    const client = new RawClient(served.port).send(...GET.slice(0, 3), ...GET);
    await eventually(() => expect(served.gateway.requests).toHaveLength(2));
    const closed = served.http.close();
    await expect(call(served, "/")).rejects.toThrow("ECONNREFUSED");
    const [first, second] = served.gateway.settlers;
    second!(answer("second"));
    first!(answer("first"));
    await closed;
    await eventually(() => expect(client.closed).toBe(true));
    expect(client.received).toMatch(/first.*connection: close.*second/is);
  });

  test("does not cut a large answer to a slow reader", async () => {
    const size = 30_000_000;
    const served = await serve(server([route()]), () => answer(Buffer.alloc(size)));
    const socket = connect(served.port, "127.0.0.1").pause();
    socket.write(GET.join("\r\n"));
    await eventually(() => expect(statusesOf(served.http.stats)).toEqual({ 200: 1 }));
    const closed = served.http.close();
    await new Promise((resolve) => setTimeout(resolve, 150));
    let received = 0;
    socket.on("data", (chunk) => {
      received += chunk.length;
    });
    socket.resume();
    await closed;
    await eventually(() => expect(received).toBeGreaterThan(size));
  });

  test("may be called twice", async () => {
    const served = await serve(server([route()]));
    await Promise.all([served.http.close(), served.http.close()]);
  });
});

describe("an address", () => {
  test("has the real port", async () => {
    const { http } = await serve(server([route()]));
    expect(http.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  });

  test("in use is told with a way out", async () => {
    const { port } = await serve(server([route()]));
    await expect(createHttpServer(server([route()], { port }), new FakeGateway())).rejects.toMatchObject({
      code: "address-in-use",
      message: expect.stringContaining(`http://127.0.0.1:${port}`),
      hints: expect.arrayContaining([expect.stringContaining("--listen")]),
    });
  });

  test("that is not ours is told as such", async () => {
    const foreign = server([route()], { host: "192.0.2.1" });
    await expect(createHttpServer(foreign, new FakeGateway())).rejects.toMatchObject({ code: "address-unavailable" });
  });
});
