import { beforeEach, describe, expect, it } from "vitest";
import { Done } from "../../../src/nodes/source/done.js";

let done: Done;
beforeEach(() => {
  done = new Done();
});

describe("what is done", () => {
  it("is all before the floor, which rises over what was done before its turn", () => {
    for (const index of [2, 1, 5]) done.add(index);
    expect([done.floor, done.has(0), done.has(1), done.has(5), done.has(6)]).toEqual([0, false, true, true, false]);
    done.add(0);
    expect([done.floor, done.ranges()]).toEqual([3, [[5, 5]]]);
    done.add(3);
    done.add(4);
    expect([done.floor, done.ranges()]).toEqual([6, []]);
  });

  it("is told as ranges", () => {
    for (const index of [9, 3, 4, 5, 7, 10, 1]) done.add(index);
    expect(done.ranges()).toEqual([
      [1, 1],
      [3, 5],
      [7, 7],
      [9, 10],
    ]);
  });

  it("may be told twice, also long after", () => {
    for (const index of [0, 1, 1, 0, 3, 3]) done.add(index);
    expect([done.floor, done.ranges()]).toEqual([2, [[3, 3]]]);
  });

  it("may begin anywhere", () => {
    const later = new Done(5000);
    later.add(4999);
    later.add(5001);
    expect([later.floor, later.has(4000), later.has(5000), later.ranges()]).toEqual([
      5000,
      true,
      false,
      [[5001, 5001]],
    ]);
  });

  it("may lie far ahead of the floor, and is the same as a set of them", () => {
    const order = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 20_000);
    const known = new Set<number>();
    for (const index of order.slice(0, 12_345)) {
      done.add(index);
      known.add(index);
    }
    expect(order.every((index) => done.has(index) === known.has(index))).toBe(true);
    const listed = done
      .ranges()
      .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
    expect(listed).toEqual([...known].filter((index) => index > done.floor).sort((a, b) => a - b));
    for (const index of order) done.add(index);
    expect([done.floor, done.ranges()]).toEqual([20_000, []]);
  });
});
