import { expect, it } from "vitest";
import { NumberMap } from "../../src/nodes/number-map.js";

it("holds what a Map would, whatever is put in and taken out", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed % below;
  };
  const expected = new Map<number, string>();
  const map = new NumberMap<string>();
  for (let step = 0; step < 50_000; step++) {
    // Keys that collide in their low bits, 32-bit wrap-around, and numbers beyond 32 bits.
    const key = [random(300), random(50) * 1024, 0xffffffff - random(50), random(20) * 2 ** 33 + random(40)][
      random(4)
    ]!;
    if (random(3) === 0) expect(map.delete(key)).toBe(expected.delete(key));
    else {
      map.set(key, `v${step}`);
      expected.set(key, `v${step}`);
    }
    const probe = random(300);
    expect(map.get(probe)).toBe(expected.get(probe));
    expect(map.size).toBe(expected.size);
  }
  for (const [key, value] of expected) expect(map.get(key)).toBe(value);
  expect(map.values().sort()).toEqual([...expected.values()].sort());
});
