import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { wrongAnswers } from "../helpers/samples.js";
import { EXAMPLES, World, type Zpipe } from "../helpers/zpipe.js";

const ECHO = join(EXAMPLES, "echo/topology.toml");
const MAX_BODY = 16 * 2 ** 20;

const world = new World();
afterAll(() => world.close());

let zpipe: Zpipe;
beforeAll(async () => {
  zpipe = await world.up(ECHO);
});

/** Sends the pieces one after the other, each in a segment of its own; all that comes until the server closes. */
async function tell(...pieces: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(zpipe.url).port), "127.0.0.1").setNoDelay();
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  for (const piece of pieces) {
    if (piece === "") continue;
    await new Promise<void>((resolve) => socket.write(piece, "latin1", () => setImmediate(resolve)));
  }
  await closed;
  return received;
}

const request = (body: string, ...headers: readonly string[]) =>
  ["POST / HTTP/1.1", "host: x", `content-length: ${body.length}`, ...headers, "", body].join("\r\n");
const LAST = "connection: close";
const bodiesOf = (text: string) => text.split(/HTTP\/1\.1 200 OK\r\n/).map((part) => part.split("\r\n\r\n")[1]);

test("what is sent comes back, byte for byte", async () => {
  expect(await wrongAnswers(ECHO, zpipe.url)).toEqual([]);
  const every = Buffer.from(Array.from({ length: 65_536 }, (_, i) => (i + (i >> 8)) & 255));
  const { status, body } = await ask(zpipe.url, { body: every });
  expect([status, body.equals(every)]).toEqual([200, true]);
});

test("a request may be split anywhere", async () => {
  const whole = request("sell siehscht", "x-name: irgendjemand", LAST);
  const answers = await Promise.all(Array.from(whole, (_, at) => tell(whole.slice(0, at), whole.slice(at))));
  const wrong = answers.filter((answer) => !/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nsell siehscht$/s.test(answer));
  expect(wrong).toEqual([]);
  expect(await tell(...whole)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nsell siehscht$/s);
});

test("pipelined requests are answered in their order", async () => {
  const bodies = Array.from({ length: 50 }, (_, i) => `number ${i}`);
  const pipeline = bodies.map((body, i) => (i < 49 ? request(body) : request(body, LAST))).join("");
  const [, ...answers] = bodiesOf(await tell(pipeline));
  expect(answers).toEqual(bodies);
});

test("chunks with extensions and trailers are one body", async () => {
  const chunked = ["POST / HTTP/1.1", "host: x", "transfer-encoding: chunked", "trailer: x-sum", "", ""].join("\r\n");
  const chunks = ["5;name=value\r\nnüt, \r\n", "6\r\naber s\r\n", "1\r\no\r\n", "0\r\nx-sum: 12\r\n\r\n"];
  const [, first, second] = bodiesOf(await tell(chunked, ...chunks, request("next", LAST)));
  expect([first, second]).toEqual(["nüt, aber so", "next"]);
});

test.each([
  ["no request at all", "isch_doch_unsinn\r\n\r\n"],
  ["a length that is no number", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: five\r\n\r\nhello"],
  ["two lengths", "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello"],
  ["length and chunks", request("0\r\n\r\n", "transfer-encoding: chunked")],
  ["a chunk that is no number", "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
  ["a header with a line's end in it", "GET /a HTTP/1.1\r\nhost: x\r\nx-a: b\nc\r\n\r\n"],
])("%s is a 400, and the end of the connection", async (_, text) => {
  expect(await tell(text)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n.*connection: close/is);
});

test("a body that is too large is a 413, announced or not; one that fits exactly is taken", async () => {
  expect((await ask(zpipe.url, { body: Buffer.alloc(MAX_BODY + 1) })).status).toBe(413);
  const { status, body } = await ask(zpipe.url, { body: Buffer.alloc(MAX_BODY, 7) });
  expect([status, body.length]).toEqual([200, MAX_BODY]);
  const chunked = { method: "POST", headers: { "transfer-encoding": "chunked" } };
  expect((await ask(zpipe.url, { ...chunked, body: Buffer.alloc(MAX_BODY + 1) })).status).toBe(413);
});

test("the server is as well as before", async () => {
  expect((await ask(`${zpipe.url}/health`)).json).toEqual({ status: "ready" });
  const { nodes } = await zpipe.ps();
  expect(nodes.map(({ restarts }) => restarts)).toEqual(nodes.map(() => 0));
});
