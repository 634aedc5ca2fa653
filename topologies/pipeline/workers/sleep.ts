import type { Context } from "zpipe";
import type { Work } from "./distributor.js";

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps as work does that keeps its worker busy: nothing else runs in this thread meanwhile. */
export default ({ ms, ...work }: Work, { stage }: Context) => {
  const startedAt = Date.now();
  Atomics.wait(nothing, 0, 0, ms);
  return { ...work, stage, startedAt, endedAt: Date.now() };
};
