import type { ErrorKind } from "../plan/load.js";
import type { Payload } from "../protocol/payload.js";

/** What a load needs of the world. */
export interface LoadPorts {
  /** Sends the sample of that number; `done` is called when it is over, later and not from within `send`. */
  send(sample: number, done: Done): void;
  /** Monotonic, in ms. */
  now(): number;
  /** Returns how to call it off. */
  after(ms: number, act: () => void): () => void;
}

/** An answer, or why there is none. */
export type Done = (answer: Reply | Exclude<ErrorKind, "lost" | "unsent">) => void;

export interface Reply {
  readonly status: number;
  readonly body: Payload;
}
