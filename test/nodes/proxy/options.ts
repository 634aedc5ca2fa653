import type { PoolOptions } from "../../../src/nodes/proxy/pool-types.js";

/** Of a pool with nothing special about it. */
export const OPTIONS: PoolOptions = {
  stage: "square",
  concurrency: 1,
  edges: ["server"],
  maxAttempts: 3,
  prefetch: undefined,
  recalls: true,
  maxQueued: undefined,
  policy: "fifo",
};
