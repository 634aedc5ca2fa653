import { expect, it } from "vitest";
import { DeadWishes } from "../../../src/nodes/proxy/wishes.js";

const LAST = 2 ** 32 - 1;

it("a cancelled job is found in a train, over the last number too", () => {
  const wishes = new DeadWishes();
  wishes.cancel({ session: 1, seq: 1 }, 0);
  const hasAny = (session: number, seq: number, count: number) => wishes.hasAny({ session, seq }, count);
  expect([hasAny(1, LAST, 3), hasAny(1, LAST, 2), hasAny(1, 2, 9), hasAny(2, 1, 1)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it("as many cancelled jobs as there may be are not all looked at for each train", () => {
  const wishes = new DeadWishes();
  for (let seq = 0; seq < 1000; seq++) wishes.cancel({ session: 1, seq }, 0);
  const walked = Set.prototype[Symbol.iterator];
  Set.prototype[Symbol.iterator] = () => {
    throw new Error("all are looked at");
  };
  try {
    expect([wishes.hasAny({ session: 1, seq: LAST }, 2), wishes.hasAny({ session: 1, seq: 1000 }, 5)]).toEqual([
      true,
      false,
    ]);
  } finally {
    Set.prototype[Symbol.iterator] = walked;
  }
});
