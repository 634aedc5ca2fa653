import { expect, onTestFinished, test } from "vitest";
import { bindGate } from "../../../src/nodes/gate/gate.js";
import type { NodeContext } from "../../../src/nodes/types.js";
import type { GatePlan } from "../../../src/plan/types.js";
import { type FromGate, gateChannel, type ToGate } from "../../../src/protocol/gate.js";
import { Network } from "../../../src/transport/network.js";
import type { Connection } from "../../../src/transport/types.js";
import { zeromqMedium } from "../../../src/transport/zeromq.js";

const PLAN: GatePlan = {
  kind: "gate",
  name: "gate",
  topology: "far",
  discovery: { host: "127.0.0.1", port: 0, keys: undefined, beacon: undefined, maxWorkers: 1 },
  stages: [{ number: 0, name: "square", concurrency: 1, retries: 0, edges: [], inbox: "square/workers" }],
};

test("a worker that waits outside may go", async () => {
  const logged: string[] = [];
  let onLog: (() => void) | undefined;
  const context: NodeContext = {
    network: new Network(() => ""),
    directory: "",
    lives: 0,
    deadLetters: "",
    tell: () => {},
    fail: (error) => {
      throw error;
    },
    log: (_, message) => {
      logged.push(message);
      onLog?.();
    },
  };
  const gate = await (await bindGate(PLAN, context)).start();
  onTestFinished(() => gate.close());
  const endpoint = /tcp:.*/.exec(logged[0]!)![0];

  await arrive(endpoint, "square@one.1").answer({ type: "enlist", topology: "far", stage: "square" });
  const second = arrive(endpoint, "square@two.1");
  const outside = new Promise<void>((resolve) => {
    onLog = () => logged.at(-1) === "square@two.1 waits outside: max_workers is 1" && resolve();
  });
  await outside;
  expect(await second.answer({ type: "leave", unstarted: [] })).toEqual({ type: "bye" });
});

/** A worker of another host, which has said Hello. */
function arrive(endpoint: string, name: string) {
  let onMessage: (message: FromGate) => void = () => {};
  const connection: Connection<ToGate> = zeromqMedium.connect(endpoint, gateChannel, {
    onConnect: () => connection.send({ type: "hello", stage: 0, name, credits: 2 }),
    onMessage: (message) => onMessage(message),
  });
  onTestFinished(() => connection.close());
  return {
    answer: (message: ToGate) => {
      const answer = new Promise<FromGate>((resolve) => {
        onMessage = resolve;
      });
      connection.send(message);
      return answer;
    },
  };
}
