import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../src/control/types.js";
import { Events } from "../../src/runtime/events.js";

const snapshot = { type: "snapshot", snapshot: {} } as RunEvent;
const ready = (node: string) => ({ kind: "ready", node, process: node }) as const;

function recorded(events: Events, options?: Parameters<Events["watch"]>[2]) {
  const seen: RunEvent[] = [];
  const unwatch = events.watch(
    (event) => seen.push(event),
    () => snapshot,
    options,
  );
  return { seen, unwatch };
}

describe("events of a run", () => {
  test("begin with a snapshot, and end when nobody wants them any more", () => {
    const events = new Events();
    events.happened(ready("a"));
    const { seen, unwatch } = recorded(events);
    events.happened(ready("b"));
    unwatch();
    events.happened(ready("c"));
    expect(seen).toEqual([snapshot, { type: "lifecycle", event: expect.objectContaining({ node: "b", number: 2 }) }]);
  });

  test("of the past come before the first snapshot, numbered without gaps", () => {
    const events = new Events();
    for (const node of ["a", "b"]) events.happened(ready(node));
    const { seen } = recorded(events, { past: true });
    events.happened(ready("c"));
    expect(seen.map((event) => (event.type === "lifecycle" ? event.event.number : event.type))).toEqual([
      1,
      2,
      "snapshot",
      3,
    ]);
  });

  test("of the past are kept to the last thousand", () => {
    const events = new Events();
    for (let node = 0; node < 5_000; node++) events.happened(ready(`${node}`));
    const { seen } = recorded(events, { past: true, types: ["lifecycle"] });
    expect(seen).toHaveLength(1_000);
    expect(seen[0]).toMatchObject({ event: { number: 4_001 } });
  });

  test("are only of the types that are wanted, but for the states", () => {
    const events = new Events();
    const { seen } = recorded(events, { types: ["lifecycle"] });
    events.emit({ type: "log", entry: { time: 0, node: "a", text: "" } });
    events.emit({ type: "state", state: "ended" });
    events.happened(ready("a"));
    expect(seen.map(({ type }) => type)).toEqual(["state", "lifecycle"]);
  });
});
