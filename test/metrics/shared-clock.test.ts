import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { fromShared, toShared } from "../../src/metrics/shared-clock.js";

it("is one clock: what another thread, whose own time began later, reads between two of ours, is between them", async () => {
  const read = 'require("node:worker_threads").parentPort.postMessage(Number(process.hrtime.bigint()) / 1e6)';
  const before = toShared(performance.now());
  const theirs = await new Promise<number>((resolve) => new Worker(read, { eval: true }).once("message", resolve));
  const after = toShared(performance.now());
  // A reading is off by less than this.
  const slack = 0.1;
  expect(theirs).toBeGreaterThan(before - slack);
  expect(theirs).toBeLessThan(after + slack);
  expect(fromShared(toShared(12.5))).toBeCloseTo(12.5, 3);
});
