import type { Progress } from "../../../src/nodes/source/checkpoint.js";
import type { SourcePlan } from "../../../src/plan/types.js";
import type { Ack, Failure, Job, Part } from "../../../src/protocol/messages.js";
import type { Source } from "../../../src/topology/types.js";

export const NOTHING: Progress = { floor: 0, position: { offset: 0, lines: 0 }, done: [], failed: 0, lives: [] };

/** A source on standard input with one stage behind it. */
export function planOf(source: Partial<Source>, orderedBy: readonly number[] = []): SourcePlan {
  return {
    kind: "source",
    name: "tasks",
    owner: 0,
    topology: "t",
    source: {
      name: "tasks",
      input: { kind: "stdin" },
      to: ["work"],
      maxInFlight: 3,
      maxInFlightBytes: 1000,
      timeoutMs: undefined,
      priority: 0,
      limit: undefined,
      checkpoint: undefined,
      after: [],
      despiteFailures: false,
      env: {},
      ...source,
    },
    entry: { targets: [0], origin: undefined, priority: 0 },
    lane: 4,
    orderedBy,
    answers: { name: "tasks/answers", medium: "memory" },
    proxies: [],
  };
}

export function ack({ session, seq, attempt, ...job }: Job, { partHigh, partLow }: Part = job): Ack {
  return { type: "ack", session, seq, attempt, partHigh, partLow };
}

export function failure(job: Job, message = "no", { gathered = false, part = job as Part } = {}): Failure {
  return { ...ack(job, part), type: "failure", stage: "work", message, status: 0, poison: false, gathered };
}
