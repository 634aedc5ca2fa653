import { expect, it } from "vitest";
import { RootState, RootStates } from "../../src/nodes/root-states.js";

const { none, underWay, settled } = RootState;
const LAST = 2 ** 32 - 1;

it("a range is changed if all of it is as expected, and not at all otherwise", () => {
  const states = new RootStates(0);
  expect(states.change(5, 3, none, underWay)).toBe(true);
  expect(states.change(7, 2, none, underWay)).toBe(false);
  expect([4, 5, 7, 8].map((seq) => states.get(seq))).toEqual([none, underWay, underWay, none]);
  expect(states.change(5, 3, underWay, settled)).toBe(true);
  expect(states.get(6)).toBe(settled);
});

it("what lies before a floor that rises is forgotten, what lies behind it is kept, over the last number too", () => {
  const states = new RootStates(LAST - 1);
  states.change(LAST - 1, 6, none, underWay);
  states.raise(2);
  expect(states.get(2)).toBe(underWay);
  // Its place in the ring is free again.
  expect(states.change(4, 4094, none, underWay)).toBe(true);
});

it("any number may be kept", () => {
  const states = new RootStates(100);
  for (let seq = 100; seq < 200_100; seq += 100) expect(states.change(seq, 100, none, underWay)).toBe(true);
  expect([100, 150_000, 200_099, 200_100].map((seq) => states.get(seq))).toEqual([underWay, underWay, underWay, none]);
  states.raise(1_000_000);
  expect(states.change(1_000_000, 300_000, none, underWay)).toBe(true);
});

it("nothing is known of what lies far ahead", () => {
  const states = new RootStates(0);
  expect([states.get(1_000_000), states.change(1_000_000, 1, underWay, settled)]).toEqual([none, false]);
});

it("whoever claims to be far ahead is given no memory for it", () => {
  const states = new RootStates(0);
  expect(states.change(2 ** 31 - 1, 1, none, underWay)).toBe(false);
  expect(states.change(1_000_000, 512, none, underWay)).toBe(true);
});
