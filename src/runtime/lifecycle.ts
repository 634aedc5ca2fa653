import { unreachable } from "../errors.js";

/**
 * The life of a process of the plan across its restarts, without clocks or processes:
 * starting → ready → running → draining → exited, and from an unwanted exit by way of "waiting" back to starting.
 */
export interface Life {
  readonly state: LifeState;
  readonly restarts: number;
  /** Starts in a row that came to nothing: it died before it was ready, or had not done its first job. */
  readonly unready: number;
  /** Exits in a row without having been ready for long: the exponent of the back-off. */
  readonly hasty: number;
  readonly readyAt: number | undefined;
  /** What the exit that was asked for leads to. */
  readonly after: "exited" | "starting";
}

export type LifeState = "starting" | "ready" | "running" | "draining" | "waiting" | "failed" | "exited";

export type LifeEvent =
  | { readonly type: "ready"; readonly at: number }
  /** The run serves: what is ready is at work. */
  | { readonly type: "serving" }
  /** It is asked to end: for good, or to be started again. */
  | { readonly type: "asked"; readonly next: "exited" | "starting" }
  /** `unproven`: ready or not, it had not done a single job. */
  | { readonly type: "exit"; readonly at: number; readonly limit: number; readonly unproven?: boolean }
  /** It is started again after an exit. */
  | { readonly type: "spawned" };

/** Starts in a row that came to nothing, after which a process is given up. */
export const START_LIMIT = 3;
/** The same, once the run serves. */
export const RESTART_LIMIT = 10;

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;
/** Ready for this long: the next exit is a new trouble, not the old one. */
const SETTLED_MS = 10_000;

export const BORN: Life = {
  state: "starting",
  restarts: 0,
  unready: 0,
  hasty: 0,
  readyAt: undefined,
  after: "exited",
};

export function advance(life: Life, event: LifeEvent): Life {
  switch (event.type) {
    case "ready":
      return life.state === "starting" ? { ...life, state: "ready", readyAt: event.at } : life;
    case "serving":
      return life.state === "ready" ? { ...life, state: "running" } : life;
    case "asked":
      return asked(life, event.next);
    case "exit":
      return exited(life, event);
    case "spawned":
      return { ...life, state: "starting", restarts: life.restarts + 1, readyAt: undefined, after: "exited" };
    default:
      return unreachable(event);
  }
}

/** How long a life that waits does so before it is started again. */
export function backoffMs(life: Life): number {
  return life.hasty === 0 ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (life.hasty - 1), LONGEST_BACKOFF_MS);
}

export function hasProcess(state: LifeState): boolean {
  return state === "starting" || state === "ready" || state === "running" || state === "draining";
}

function asked(life: Life, next: "exited" | "starting"): Life {
  // Who leaves for good is not held back: the plan knows it no more.
  if (life.state === "draining" && life.after === "exited") return life;
  if (hasProcess(life.state)) return { ...life, state: "draining", after: next };
  if (next === "exited") return { ...life, state: "exited" };
  return { ...life, state: "waiting", unready: 0, hasty: 0 };
}

function exited(life: Life, { at, limit, unproven = false }: Extract<LifeEvent, { readonly type: "exit" }>): Life {
  if (life.state === "draining") {
    return life.after === "exited"
      ? { ...life, state: "exited" }
      : { ...life, state: "waiting", unready: 0, hasty: 0, readyAt: undefined };
  }
  const settled = life.readyAt !== undefined && at - life.readyAt >= SETTLED_MS;
  const unready = life.readyAt === undefined || (unproven && !settled) ? life.unready + 1 : 0;
  const hasty = settled ? 1 : life.hasty + 1;
  return { ...life, state: unready >= limit ? "failed" : "waiting", unready, hasty, readyAt: undefined };
}
