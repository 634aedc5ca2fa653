import { beforeEach, describe, expect, test } from "vitest";
import { Relay } from "../../../src/nodes/gate/relay.js";
import type { FromWorker, ToWorker } from "../../../src/protocol/messages.js";
import { Network } from "../../../src/transport/network.js";
import type { ConnectionHandler } from "../../../src/transport/types.js";

const STAGE = { number: 0, name: "square", concurrency: 1, retries: 0, edges: [], inbox: "square/workers" };
const HELLO = { type: "hello", stage: 0, name: "square@lab.1", credits: 2 } as const;

/** A network whose one link is in the hands of the test. */
class Wire extends Network {
  handler!: ConnectionHandler<ToWorker>;
  readonly toProxy: FromWorker[] = [];
  isOpen = true;

  constructor() {
    super(() => "");
  }

  override connect<Up, Down>(_name: string, _channel: unknown, handler: ConnectionHandler<Down>) {
    this.handler = handler as ConnectionHandler<never>;
    return {
      send: (message: Up) => void this.toProxy.push(message as FromWorker),
      flush: () => {},
      close: () => {
        this.isOpen = false;
      },
    };
  }
}

describe("a relay", () => {
  let wire: Wire;
  let toGuest: ToWorker[];
  let welcomes: number;
  let relay: Relay;

  beforeEach(() => {
    wire = new Wire();
    toGuest = [];
    welcomes = 0;
    const guest = { send: (message: ToWorker) => void toGuest.push(message) };
    relay = new Relay(HELLO, STAGE, guest, wire, () => welcomes++);
  });

  test("speaks for its worker in both directions", () => {
    wire.handler.onConnect();
    expect(wire.toProxy).toEqual([HELLO]);
    expect(relay.describe()).toBeUndefined();
    const welcome = { type: "welcome", stage: "square", concurrency: 1, edges: [] } as const;
    wire.handler.onMessage(welcome);
    wire.handler.onMessage({ type: "recall", slot: 4 });
    expect(toGuest).toEqual([welcome, { type: "recall", slot: 4 }]);
    expect(relay.describe()).toMatchObject({ name: "square@lab.1", stage: "square" });
    const done = { type: "done", slot: 4, credits: 9, service: 1, outputs: [] } as const;
    relay.receive(done);
    expect(wire.toProxy.at(-1)).toBe(done);
    relay.close();
    expect(wire.isOpen).toBe(false);
  });

  test("introduces its worker to a proxy that was started again, with the credits that it wants by now", () => {
    wire.handler.onConnect();
    relay.receive({ type: "done", slot: 4, credits: 9, service: 1, outputs: [] });
    wire.handler.onConnect();
    expect(wire.toProxy.at(-1)).toEqual({ ...HELLO, credits: 9 });
    wire.handler.onMessage({ type: "welcome", stage: "square", concurrency: 1, edges: [] });
    wire.handler.onMessage({ type: "welcome", stage: "square", concurrency: 1, edges: [] });
    expect(welcomes).toBe(1);
  });

  test("passes on what its worker advertises, with the credits as they were", () => {
    wire.handler.onConnect();
    const advertise = { type: "advertise", attributes: [["tiles", ["a"]]] } as const;
    relay.receive(advertise);
    expect(wire.toProxy.at(-1)).toBe(advertise);
    wire.handler.onMessage({ type: "welcome", stage: "square", concurrency: 1, edges: [] });
    expect(relay.describe()!.advertises).toEqual({ tiles: ["a"] });
    wire.handler.onConnect();
    // The new proxy's Welcome makes the worker say it again.
    expect(wire.toProxy.at(-1)).toEqual(HELLO);
  });

  test("lets a worker go that took its leave of a proxy that is no more", () => {
    wire.handler.onConnect();
    relay.receive({ type: "leave", unstarted: [] });
    wire.handler.onConnect();
    expect(toGuest).toEqual([{ type: "bye" }]);
    expect(wire.toProxy.map(({ type }) => type)).toEqual(["hello", "leave"]);
  });
});
