import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { decodeEntry } from "../../src/control/log/codec.js";
import { VERSION } from "../../src/protocol/pack.js";
import { Stranger } from "../helpers/foreign.js";
import { malformedMessages, misdirected, mutate, strangeBatches } from "../helpers/hostile.js";
import { Load } from "../helpers/http.js";
import { Random } from "../helpers/random.js";
import { type Address, boundSockets, shout, zmtpHandshake } from "../helpers/sockets.js";
import { eventually, World, type Zpipe } from "../helpers/zpipe.js";
import { chaosQuestion } from "./questions.js";

const MB = 2 ** 20;
/** Generous: what a process may hold more than before, once it has been shouted at. */
const MOST_GROWTH = 200 * MB;

function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.close());
  return world;
}

/** `node level text`, a line for each entry. */
function logOf({ name, world }: Zpipe): string {
  const directory = join(world.directory, "state", "zpipe", name, "log");
  const lines = readdirSync(directory).flatMap((file) => readFileSync(join(directory, file), "utf8").split("\n"));
  const entries = lines.flatMap((line) => decodeEntry(line) ?? []);
  return entries.map(({ node, level, text }) => `${node} ${level} ${text}`).join("\n");
}

/** The same processes are there, none has died, none has swollen, and nothing is left to do. */
async function unharmed(zpipe: Zpipe, before: Awaited<ReturnType<Zpipe["ps"]>>): Promise<void> {
  await zpipe.looks("all is done", ({ stages }) => stages.every(({ depth, inFlight }) => depth + inFlight === 0));
  const { nodes } = await zpipe.ps();
  expect(nodes.map(({ name, pid, restarts }) => [name, pid, restarts])).toEqual(
    before.nodes.map(({ name, pid }) => [name, pid, 0]),
  );
  for (const [i, { name, rssBytes }] of nodes.entries()) {
    expect(rssBytes - before.nodes[i]!.rssBytes, `growth of ${name}`).toBeLessThan(MOST_GROWTH);
  }
}

describe.each(["ipc", "tcp"])("strangers at every socket of a run over %s", { timeout: 120_000 }, (transport) => {
  test("change no answer, end no process, fill neither its memory nor its log", async () => {
    const zpipe = await newWorld().up("chaos.toml", "--transport", transport);
    const addresses = await boundSockets(zpipe);
    // Server, five proxies with two each, HTTP, control.
    expect(addresses.length).toBe(1 + 5 * 2 + 2);
    const random = new Random(20260101);
    const load = new Load(zpipe.url, 4, chaosQuestion);
    await load.more(50);
    const before = await zpipe.ps();

    const inboxes = addresses.filter(({ endpoint }) => isInbox(zpipe, endpoint));
    // The first that an inbox refuses is told for certain; of a storm, not every reason is.
    await sendMisdirected(inboxes[0]!);
    await eventually("both are refused, each for its reason", () => {
      const log = logOf(zpipe);
      return (
        / warn refused .*not a zpipe batch$/m.test(log) &&
        / warn refused .*message type \d+ does not belong on this socket$/m.test(log)
      );
    });
    await Promise.all(addresses.map((address) => shoutNonsense(address, random)));
    for (const address of inboxes) await sendMalformed(address, random);
    await sendMutations(inboxes, random, 2000);

    await load.more(50);
    await load.stop();
    expect(load.wrong).toEqual([]);
    await unharmed(zpipe, before);
    const refusals = logOf(zpipe)
      .split("\n")
      .filter((line) => line.includes(" warn refused "));
    expect(refusals.every((line) => line.length < 500)).toBe(true);
  });
});

test("ten thousand bad frames are told in a few lines", async () => {
  const zpipe = await newWorld().up("poison.toml");
  const [address] = (await boundSockets(zpipe)).filter(({ endpoint }) => isInbox(zpipe, endpoint));
  const stranger = new Stranger(address!);
  onTestFinished(() => stranger.close());
  for (let i = 0; i < 10_000; i++) await stranger.send(Buffer.from([0x5b, 0, 0, 0]));
  const told = () => logOf(zpipe).match(/^.* warn refused .*$/gm) ?? [];
  // None goes unmentioned.
  const counted = () => told().reduce((sum, line) => sum + 1 + Number(/and (\d+) more/.exec(line)?.[1] ?? 0), 0);
  await eventually("all are told of", () => counted() >= 10_000);
  expect(counted()).toBe(10_000);
  expect(told().length).toBeLessThan(30);
});

function isInbox({ url }: Zpipe, endpoint: string): boolean {
  return !endpoint.endsWith("control.sock") && !endpoint.endsWith(`:${new URL(url).port}`);
}

async function shoutNonsense(address: Address, random: Random): Promise<void> {
  const handshake = zmtpHandshake();
  const huge = Buffer.from([2, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
  const fourGiB = Buffer.from([2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3]);
  const commands = ["\x04PING", "\x04PING\x00\x00", "\x04PONG", "\x05READY", "\x09SUBSCRIBEx", "", "\xff"];
  const texts = [
    Buffer.of(0),
    Buffer.from("GET / HTTP/1.0\r\n\r\n"),
    Buffer.from('\n\n{}\n[]\n{"id":1}\n'),
    // ZMTP 1.0: an identity, then a message.
    Buffer.from([1, 0, 5, 0, 1, 2, 3, 4]),
    handshake.subarray(0, 70),
    Buffer.concat([handshake, huge]),
    Buffer.concat([handshake, fourGiB]),
    ...commands.map((command) =>
      Buffer.concat([handshake, Buffer.from([4, command.length]), Buffer.from(command, "latin1")]),
    ),
    ...Array.from({ length: 20 }, () => random.bytes(1 + random.int(3000))),
    ...Array.from({ length: 20 }, () => Buffer.concat([handshake, random.bytes(200)])),
    ...Array.from({ length: 20 }, () => mutate(Buffer.concat([handshake, Buffer.from([0, 2, 0x5a, VERSION])]), random)),
  ];
  await Promise.all(texts.map((text) => shout(address, text)));
}

async function sendMisdirected(address: Address): Promise<void> {
  const stranger = new Stranger(address);
  for (const frame of misdirected()) await stranger.send(frame);
  stranger.close();
}

async function sendMalformed(address: Address, random: Random): Promise<void> {
  for (const messages of [strangeBatches(), malformedMessages(random)]) {
    const stranger = new Stranger(address);
    for (const message of messages) await stranger.send(message);
    stranger.close();
  }
}

/** Each from somebody new: a mutation may be a worker's valid hello, and the jobs it is given are given out again. */
async function sendMutations(addresses: readonly Address[], random: Random, count: number): Promise<void> {
  const batches = strangeBatches();
  for (let i = 0; i < count; i += 20) {
    const stranger = new Stranger(random.pick(addresses));
    for (let n = 0; n < 20; n++) await stranger.send(mutate(random.pick(batches), random));
    stranger.close();
  }
}
