import type { LogLevel } from "../../../plan/child.js";
import type { WorkerPlan } from "../../../plan/types.js";
import type { Output, Work } from "../../../protocol/messages.js";
import type { Payload } from "../../../protocol/payload.js";
import type { Metadata } from "../../../topology/types.js";

/** What every thread of a worker is made with. */
export interface ThreadData {
  readonly plan: WorkerPlan;
  readonly module: ThreadModule;
  /** Name of the BroadcastChannel by which all threads of the worker hear what is `ToThreads`. */
  readonly channel: string;
}

export interface ThreadModule {
  readonly source: string;
  /** What to load: the source itself, or what was compiled from it. */
  readonly file: string;
  /** Of the run. */
  readonly metadata: Metadata;
}

/** A job on its way into a thread. */
export interface Task {
  /** Names the job for as long as its worker lives. */
  readonly number: number;
  readonly work: Sent<Work>;
  /** One number in shared memory: 1 as soon as the job is not wanted any more. */
  readonly unwanted: Int32Array;
}

export type TaskResult =
  | { readonly type: "done"; readonly outputs: readonly Sent<Output>[] }
  | { readonly type: "failed"; readonly message: string; readonly status: number; readonly stack: string };

export type ToThreads =
  | { readonly type: "abort"; readonly number: number }
  /** No job will come any more. */
  | { readonly type: "end" };

export type FromThread =
  /** Its module is loaded and set up. */
  | { readonly type: "ready" }
  | {
      readonly type: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>> | undefined;
    }
  /** It has heard that it is to end, and tears its module down. */
  | { readonly type: "leaving" }
  | { readonly type: "left" };

/** As it is between threads: a Buffer arrives as a plain Uint8Array. */
export type Sent<T extends { readonly payload: Payload }> = Omit<T, "payload"> & {
  readonly payload: string | Uint8Array<ArrayBuffer>;
};

/** Text that is longer is encoded by the thread that made it, and not by the one that all jobs go through. */
const LONG_TEXT = 16 * 1024;
const utf8 = new TextEncoder();

/**
 * Bytes move to the other thread; so they are copied to memory of their own first: they lie in a batch with others, or
 * are the handler's, which may use them again.
 * @param moved gets the memory that is to move
 */
export function send<T extends { readonly payload: Payload }>(message: T, moved: ArrayBuffer[]): Sent<T> {
  const { payload } = message;
  if (typeof payload === "string" && payload.length <= LONG_TEXT) return message as Sent<T>;
  const bytes = typeof payload === "string" ? utf8.encode(payload) : new Uint8Array(payload);
  moved.push(bytes.buffer);
  return { ...message, payload: bytes };
}

export function received<T extends { readonly payload: Payload }>(message: Sent<T>): T {
  const { payload } = message;
  return (typeof payload === "string" ? message : { ...message, payload: Buffer.from(payload.buffer) }) as T;
}
