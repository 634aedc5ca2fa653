import { describe, expect, onTestFinished, test } from "vitest";
import { curveKeyPair } from "zeromq";
import type { CurveClient } from "../../src/plan/child.js";
import type { FromWorker, ToWorker } from "../../src/protocol/messages.js";
import { workersChannel } from "../../src/protocol/workers.js";
import { type Guard, standGuard } from "../../src/transport/guard.js";
import { z85 } from "../../src/transport/z85.js";
import { zeromqMedium } from "../../src/transport/zeromq.js";
import { Recorder } from "../helpers/recorder.js";

const server = curveKeyPair();

function clientKey(): CurveClient {
  return { ...curveKeyPair(), serverKey: server.publicKey };
}

/** An inbox that welcomes whoever is let in and says hello. */
async function open(guard: Guard, domain = "test"): Promise<{ endpoint: string; hellos: Recorder<string> }> {
  const leave = await standGuard(domain, guard);
  const hellos = new Recorder<string>();
  const handler = {
    onMessage: (link: { send(message: ToWorker): void }, message: FromWorker) => {
      hellos.add((message as { name: string }).name);
      link.send({ type: "bye" });
    },
    onGone: () => {},
    onError: () => {},
  };
  const curve = { secretKey: server.secretKey, domain };
  const inbox = await zeromqMedium.bind("tcp://127.0.0.1:*", workersChannel, handler, curve);
  onTestFinished(() => {
    inbox.close();
    leave();
  });
  return { endpoint: inbox.endpoint!, hellos };
}

/** Everything that happens to somebody who says hello as soon as the link is up, and before it. */
function knock(endpoint: string, curve: CurveClient | undefined): Recorder<string> {
  const seen = new Recorder<string>();
  const connection = zeromqMedium.connect(
    endpoint,
    workersChannel,
    {
      onConnect: () => seen.add("up"),
      onDown: (why) => seen.add(why),
      onMessage: ({ type }) => seen.add(type),
    },
    curve,
  );
  connection.send({ type: "hello", stage: 0, name: curve === undefined ? "plain" : curve.publicKey, credits: 1 });
  onTestFinished(() => connection.close());
  return seen;
}

describe("an inbox with a guard", () => {
  test("lets in those whose keys are known, and tells the others that theirs are not", async () => {
    const [known, unknown] = [clientKey(), clientKey()];
    const asked: string[] = [];
    const { endpoint, hellos } = await open((key, address) => {
      asked.push(`${key} ${address}`);
      return key === known.publicKey;
    });
    expect((await knock(endpoint, unknown).take(1))[0]).toBe("refused");
    expect(await knock(endpoint, known).take(2)).toEqual(["up", "bye"]);
    expect(await hellos.take(1)).toEqual([known.publicKey]);
    expect(asked).toContain(`${unknown.publicKey} 127.0.0.1`);
    expect(hellos.count).toBe(0);
  });

  test("ends the link of whoever knows another server, or has no key at all", async () => {
    const { endpoint, hellos } = await open(() => true);
    expect(await knock(endpoint, { ...clientKey(), serverKey: curveKeyPair().publicKey }).take(1)).toEqual(["lost"]);
    expect(await knock(endpoint, undefined).take(1)).toEqual(["lost"]);
    const friend = clientKey();
    expect(await knock(endpoint, friend).take(2)).toEqual(["up", "bye"]);
    expect(await hellos.take(1)).toEqual([friend.publicKey]);
  });

  test("lets in a key as soon as it is known, without a new start", async () => {
    const key = clientKey();
    const keys = new Set<string>();
    const { endpoint } = await open(async (asked) => keys.has(asked));
    expect((await knock(endpoint, key).take(1))[0]).toBe("refused");
    keys.add(key.publicKey);
    expect(await knock(endpoint, key).take(2)).toEqual(["up", "bye"]);
  });

  test("lets nobody in while its guard cannot tell, or is gone", async () => {
    const key = clientKey();
    let answers = false;
    const { endpoint, hellos } = await open(() => {
      if (!answers) throw new Error("the list is not there");
      return true;
    });
    const seen = knock(endpoint, key);
    expect(await seen.take(1)).toEqual(["lost"]);
    expect(hellos.count).toBe(0);
    answers = true;
    // It has tried again by itself.
    expect(await hellos.take(1)).toEqual([key.publicKey]);
  });
});

test("keys are written as RFC 32 has it", () => {
  expect(z85(Buffer.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]))).toBe("HelloWorld");
});
