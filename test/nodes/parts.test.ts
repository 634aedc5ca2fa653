import { describe, expect, it } from "vitest";
import { rootPart, Shares } from "../../src/nodes/parts.js";
import type { Part } from "../../src/protocol/messages.js";

function sharesOf(part: Part, count: number): Part[] {
  const shares = new Shares();
  shares.begin(part, count);
  return Array.from({ length: count }, () => {
    const { partHigh, partLow } = shares.take();
    return { partHigh, partLow };
  });
}

function sum(parts: readonly Part[]): Part {
  const together = (key: keyof Part) => parts.reduce((rest, part) => (rest ^ part[key]) >>> 0, 0);
  return { partHigh: together("partHigh"), partLow: together("partLow") };
}

const key = ({ partHigh, partLow }: Part) => `${partHigh} ${partLow}`;
const PART: Part = { partHigh: 0xfedcba98, partLow: 7 };

describe("the shares of a part", () => {
  it.each([2, 3, 10, 1000])("are the part together: %i", (count) => {
    expect(sum(sharesOf(PART, count))).toEqual(PART);
  });

  it("are the part itself, when there is one", () => {
    expect(sharesOf(PART, 1)).toEqual([PART]);
  });

  it("are the same each time, and those of another count or part are others", () => {
    expect(sharesOf(PART, 3)).toEqual(sharesOf(PART, 3));
    const other = sharesOf({ ...PART, partLow: 8 }, 3);
    expect(new Set([...sharesOf(PART, 3), ...other].map(key)).size).toBe(6);
  });

  it("are all different, also those of shares, and none is nothing", () => {
    const leaves = sharesOf(PART, 100).flatMap((share) => sharesOf(share, 100));
    expect(new Set(leaves.map(key)).size).toBe(10_000);
    expect(leaves.some(({ partHigh, partLow }) => partHigh === 0 && partLow === 0)).toBe(false);
    expect(sum(leaves)).toEqual(PART);
  });

  it("are 32 bits without a sign in each half", () => {
    for (const { partHigh, partLow } of sharesOf(PART, 50)) {
      for (const half of [partHigh, partLow]) expect(half).toBe(half >>> 0);
    }
  });
});

it("each request is a part of its own from the start", () => {
  const roots = [1, 2, 3].flatMap((session) => Array.from({ length: 1000 }, (_, seq) => key(rootPart(session, seq))));
  expect(new Set(roots).size).toBe(3000);
  expect(rootPart(5, 6)).toEqual(rootPart(5, 6));
});
