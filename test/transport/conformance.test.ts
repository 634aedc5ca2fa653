import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { curveKeyPair, Dealer } from "zeromq";
import type { FromWorker, ToWorker } from "../../src/protocol/messages.js";
import { workersChannel } from "../../src/protocol/workers.js";
import { standGuard } from "../../src/transport/guard.js";
import { MemoryMedium } from "../../src/transport/memory.js";
import type { Connection, Inbox, Link, Medium } from "../../src/transport/types.js";
import { zeromqMedium } from "../../src/transport/zeromq.js";
import { pack } from "../helpers/foreign.js";
import { Recorder } from "../helpers/recorder.js";

interface Variant {
  medium(): Medium;
  endpoint(directory: string): string;
}

const server = curveKeyPair();
const curve = { ...curveKeyPair(), serverKey: server.publicKey };

/** As between hosts. */
const encrypted: Medium = {
  async bind(endpoint, channel, handler) {
    const leave = await standGuard("conformance", (key) => key === curve.publicKey);
    const guarded = { secretKey: server.secretKey, domain: "conformance" };
    const inbox = await zeromqMedium.bind(endpoint, channel, handler, guarded);
    return {
      endpoint: inbox.endpoint,
      close: () => {
        inbox.close();
        leave();
      },
    };
  },
  connect: (endpoint, channel, handler) => zeromqMedium.connect(endpoint, channel, handler, curve),
};

const variants: Record<string, Variant> = {
  memory: { medium: () => new MemoryMedium(), endpoint: () => "inbox" },
  ipc: { medium: () => zeromqMedium, endpoint: (directory) => `ipc://${directory}/inbox` },
  tcp: { medium: () => zeromqMedium, endpoint: () => "tcp://127.0.0.1:*" },
  curve: { medium: () => encrypted, endpoint: () => "tcp://127.0.0.1:*" },
};

describe.each(Object.entries(variants))("a link over %s", (_, variant) => {
  let directory: string;
  let medium: Medium;
  let inbox: Inbox;
  let address: string;
  const connections: Connection<FromWorker>[] = [];
  let heard: Recorder<{ peer: Link<ToWorker>; message: FromWorker }>;
  let gone: Recorder<Link<ToWorker>>;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "zpipe-link-"));
    medium = variant.medium();
    heard = new Recorder();
    gone = new Recorder();
    inbox = await medium.bind(variant.endpoint(directory), workersChannel, {
      onMessage: (peer, message) => heard.add({ peer, message }),
      onGone: (peer) => gone.add(peer),
      onError: (error) => {
        throw error;
      },
    });
    address = inbox.endpoint ?? variant.endpoint(directory);
  });

  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
    inbox.close();
    rmSync(directory, { recursive: true });
  });

  function connect(onMessage: (message: ToWorker) => void = () => {}, onConnect = () => {}) {
    const connection = medium.connect(address, workersChannel, { onMessage, onConnect });
    connections.push(connection);
    return connection;
  }

  const hello = (n: number): FromWorker => ({ type: "hello", stage: 0, name: `w${n}`, credits: n });

  it("delivers every message once and in order", async () => {
    const connection = connect();
    for (let i = 0; i < 5000; i++) connection.send(hello(i));
    const all = await heard.take(5000);
    expect(all.map(({ message }) => message)).toEqual(Array.from({ length: 5000 }, (_unused, i) => hello(i)));
  });

  it("never calls the receiver from inside send", async () => {
    const connection = connect();
    connection.send(hello(1));
    connection.flush();
    expect(heard.count).toBe(0);
    await heard.take(1);
  });

  it("answers the peer that asked, and no other", async () => {
    const answers = [new Recorder<ToWorker>(), new Recorder<ToWorker>()];
    const [first, second] = answers.map((recorder) => connect((message) => recorder.add(message)));
    first!.send(hello(1));
    second!.send(hello(2));
    for (const { peer, message } of await heard.take(2)) {
      peer.send({ type: "recall", slot: (message as { credits: number }).credits });
    }
    expect(await answers[0]!.take(1)).toEqual([{ type: "recall", slot: 1 }]);
    expect(await answers[1]!.take(1)).toEqual([{ type: "recall", slot: 2 }]);
  });

  it("is one peer for as long as it lasts", async () => {
    const connection = connect();
    connection.send(hello(1));
    const [first] = await heard.take(1);
    connection.send(hello(2));
    const [second] = await heard.take(1);
    expect(second!.peer).toBe(first!.peer);
  });

  it("tells the connecting end when it is up", async () => {
    const connected = new Recorder<string>();
    connect(
      () => {},
      () => connected.add("up"),
    );
    expect(await connected.take(1)).toEqual(["up"]);
  });

  it("tells the inbox when a peer has gone", async () => {
    const connection = connect();
    connection.send(hello(1));
    const [first] = await heard.take(1);
    connection.close();
    expect(await gone.take(1)).toEqual([first!.peer]);
  });

  it("carries payloads of any size", async () => {
    const payload = "y".repeat(5_000_000);
    connect().send({
      type: "done",
      slot: 1,
      credits: 1,
      service: 0,
      outputs: [{ route: 0, edge: 0, meta: "", kind: 0, payload }],
    });
    const [first] = await heard.take(1);
    const { outputs } = first!.message as Extract<FromWorker, { type: "done" }>;
    expect(String(outputs[0]!.payload)).toBe(payload);
  });
});

describe("a stranger at an inbox", () => {
  it("that sends more frames than one, or none, is refused, and is nobody any more when it has gone", async () => {
    const heard = new Recorder<string>();
    const names = new Map<Link<ToWorker>, string>();
    const inbox = await zeromqMedium.bind("tcp://127.0.0.1:*", workersChannel, {
      onMessage: (peer, message) => {
        names.set(peer, (message as { name: string }).name);
        heard.add(`hello ${names.get(peer)}`);
      },
      onGone: (peer) => heard.add(`${names.get(peer)} has gone`),
      onError: ({ message }) => heard.add(message),
    });
    const stranger = new Dealer({ linger: 0 });
    onTestFinished(() => {
      stranger.close();
      inbox.close();
    });
    stranger.connect(inbox.endpoint!);
    const hello = (name: string) => pack.fromWorker({ type: "hello", stage: 0, name, credits: 1 });
    // As a REQ socket would: an empty frame comes first.
    await stranger.send([Buffer.alloc(0), hello("one")]);
    await stranger.send([hello("two"), hello("two"), hello("two")]);
    await stranger.send(hello("three"));
    await stranger.send(Buffer.alloc(0));
    await stranger.send(hello("four"));
    expect(await heard.take(5)).toEqual([
      "a message of 2 frames",
      "a message of 3 frames",
      "hello three",
      "three has gone",
      "hello four",
    ]);
    stranger.close();
    expect(await heard.take(1)).toEqual(["four has gone"]);
  });
});
