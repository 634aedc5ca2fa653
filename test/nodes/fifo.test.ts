import { expect, it } from "vitest";
import { Fifo } from "../../src/nodes/fifo.js";

it("gives what an array would, whatever is put in and taken out at either end", () => {
  let seed = 3;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >>> 8) % below;
  };
  let expected: number[] = [];
  const fifo = new Fifo<number>();
  for (let step = 0; step < 50_000; step++) {
    // Long runs of growth and of shrinking, so that the ring changes its size both ways.
    const growing = Math.floor(step / 5000) % 2 === 0;
    const action = random(10);
    if (action === 0) {
      expected.unshift(step);
      fifo.unshift(step);
    } else if (action < (growing ? 7 : 3)) {
      expected.push(step);
      fifo.push(step);
    } else if (step % 1000 === 999) {
      const keep = (item: number) => item % 3 !== 0;
      const dropped = expected.length - expected.filter(keep).length;
      expected = expected.filter(keep);
      expect(fifo.filter(keep)).toBe(dropped);
    } else expect(fifo.shift()).toBe(expected.shift());
    expect(fifo.size).toBe(expected.length);
    expect(fifo.peek()).toBe(expected[0]);
  }
  expect(fifo.toArray()).toEqual(expected);
});
