import { expect, it } from "vitest";
import { ThreadContext } from "../../../../src/nodes/worker/threads/thread-context.js";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function contextOf(unwanted: Int32Array): ThreadContext {
  return new ThreadContext(undefined as never, undefined as never, silent, unwanted);
}

it("the signal looks into shared memory, and whoever looks makes it fire", () => {
  const unwanted = new Int32Array(new SharedArrayBuffer(4));
  const { signal } = contextOf(unwanted);
  let fired = 0;
  signal.addEventListener("abort", () => fired++);
  signal.throwIfAborted();
  expect([signal.aborted, fired]).toEqual([false, 0]);
  Atomics.store(unwanted, 0, 1);
  expect([fired, signal.aborted, fired]).toEqual([0, true, 1]);
  expect(() => signal.throwIfAborted()).toThrow(expect.objectContaining({ name: "AbortError" }));
  expect([signal.aborted, fired]).toEqual([true, 1]);
});

it("a signal that is asked for late has fired already, for those that Node makes of it too", () => {
  const { signal } = contextOf(new Int32Array(new SharedArrayBuffer(4)).fill(1));
  expect(AbortSignal.any([signal]).aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: "AbortError" });
});

it("a message fires it as well", () => {
  const context = contextOf(new Int32Array(new SharedArrayBuffer(4)));
  const { signal } = context;
  const both = AbortSignal.any([signal]);
  context.abort();
  expect([signal.aborted, both.aborted]).toEqual([true, true]);
});
