import type { Job } from "../../src/protocol/messages.js";

/** A job with nothing special about it. */
export function makeJob(fields: Partial<Job> = {}): Job {
  return {
    type: "job",
    session: 1,
    seq: 0,
    kind: 0,
    payload: "null",
    owner: 0,
    attempt: 1,
    from: 0xffff,
    to: 0,
    priority: 0,
    lane: 0,
    hops: 1,
    floor: 0,
    partHigh: 1,
    partLow: 2,
    deadline: Number.POSITIVE_INFINITY,
    group: undefined,
    trace: "",
    ...fields,
  };
}
