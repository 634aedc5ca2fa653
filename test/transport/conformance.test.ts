import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FromWorker, ToWorker } from "../../src/protocol/messages.js";
import { workersChannel } from "../../src/protocol/workers.js";
import { MemoryMedium } from "../../src/transport/memory.js";
import type { Connection, Inbox, Link, Medium } from "../../src/transport/types.js";
import { zeromqMedium } from "../../src/transport/zeromq.js";
import { Recorder } from "../helpers/recorder.js";

interface Variant {
  medium(): Medium;
  endpoint(directory: string): string;
}

const variants: Record<string, Variant> = {
  memory: { medium: () => new MemoryMedium(), endpoint: () => "inbox" },
  ipc: { medium: () => zeromqMedium, endpoint: (directory) => `ipc://${directory}/inbox` },
  tcp: { medium: () => zeromqMedium, endpoint: () => "tcp://127.0.0.1:*" },
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
