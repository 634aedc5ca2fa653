import { expect, test } from "vitest";
import type { Cors } from "../../../src/topology/types.js";
import { call, route, serve, server, statusesOf } from "./helpers.js";

const any: Cors = {
  origins: "*",
  methods: undefined,
  headers: undefined,
  credentials: false,
  maxAgeSeconds: undefined,
};
const routes = [route(), route({ methods: ["PUT"], path: "/x" })];
const origin = "https://a.example";
const preflight = { origin, "access-control-request-method": "PUT", "access-control-request-headers": "x-a" };

test("a preflight is answered as configured", async () => {
  const strict: Cors = { origins: [origin], methods: ["PUT"], headers: ["x-a"], credentials: true, maxAgeSeconds: 60 };
  const served = await serve(server(routes, { cors: strict }));
  const reply = await call(served, "/x", { method: "OPTIONS", headers: preflight });
  expect(reply.status).toBe(204);
  expect(reply.headers).toMatchObject({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "PUT",
    "access-control-allow-headers": "x-a",
    "access-control-allow-credentials": "true",
    "access-control-max-age": "60",
    vary: "Origin",
  });
  expect(statusesOf(served.http.stats)).toEqual({ 204: 1 });
});

test("by default, the methods of the routes and the asked-for headers are allowed", async () => {
  const served = await serve(server(routes, { cors: any }));
  const reply = await call(served, "/x", { method: "OPTIONS", headers: preflight });
  expect(reply.headers).toMatchObject({
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, PUT, HEAD",
    "access-control-allow-headers": "x-a",
  });
});

test("answers and problems can be read from other origins", async () => {
  const meta = { headers: { vary: "accept" } };
  const served = await serve(server(routes, { cors: { ...any, origins: [origin] } }), () => {
    return { kind: "answer", body: { kind: 0, payload: "1" }, meta };
  });
  for (const path of ["/", "/nope", "/healthz"]) {
    const { headers } = await call(served, path, { headers: { origin } });
    expect(headers).toMatchObject({ "access-control-allow-origin": origin, "content-length": expect.any(String) });
  }
  expect((await call(served, "/", { headers: { origin } })).headers.vary).toBe("accept, Origin");
  expect((await call(served, "/", { headers: { origin: "https://b.example" } })).headers).not.toHaveProperty(
    "access-control-allow-origin",
  );
});

test("an OPTIONS that is no preflight tells what the path takes", async () => {
  const served = await serve(server(routes, { cors: any }));
  const reply = await call(served, "/x", { method: "OPTIONS" });
  expect(reply).toMatchObject({ status: 204, headers: { allow: "OPTIONS, PUT" } });
});
