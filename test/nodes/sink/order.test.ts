import { describe, expect, it } from "vitest";
import { Order } from "../../../src/nodes/sink/order.js";
import { makeJob } from "../jobs.js";

function released(order: Order, upTo: number, session = 1): string[] {
  const lines: string[] = [];
  const count = order.release({ type: "release", owner: 0, session, upTo }, (line) => lines.push(`${line}`));
  expect(count).toBe(lines.length);
  return lines;
}

describe("lines that are held", () => {
  it("leave in the order of their jobs, and only those before the limit", () => {
    const order = new Order();
    for (const seq of [3, 0, 2, 1]) order.hold(makeJob({ seq }), `line ${seq}`);
    expect(released(order, 2)).toEqual(["line 0", "line 1"]);
    expect(released(order, 2)).toEqual([]);
    expect(released(order, 4)).toEqual(["line 2", "line 3"]);
  });

  it("leave in their order also where a number is followed by 0", () => {
    const order = new Order();
    const last = 2 ** 32 - 1;
    for (const seq of [0, last, 1, last - 1]) order.hold(makeJob({ seq }), `line ${seq}`);
    expect(released(order, 0)).toEqual([`line ${last - 1}`, `line ${last}`]);
    expect(released(order, 2)).toEqual(["line 0", "line 1"]);
  });

  it("of one job leave together, in the order in which they came", () => {
    const order = new Order();
    for (const line of ["a", "b"]) order.hold(makeJob({ seq: 1 }), line);
    order.hold(makeJob({ seq: 0 }), "first");
    expect(released(order, 5)).toEqual(["first", "a", "b"]);
  });

  it("of jobs that gave none leave no gap", () => {
    const order = new Order();
    order.hold(makeJob({ seq: 1_000_000 }), "late");
    expect(released(order, 1_000_001)).toEqual(["late"]);
  });

  it("of an owner that died are forgotten, those of others are not", () => {
    const order = new Order();
    order.hold(makeJob({ session: 1 }), "lost");
    order.hold(makeJob({ session: 2 }), "kept");
    order.dropSession(1);
    expect([released(order, 9, 1), released(order, 9, 2)]).toEqual([[], ["kept"]]);
  });
});
