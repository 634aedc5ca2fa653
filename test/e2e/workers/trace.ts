import { setTimeout as sleep } from "node:timers/promises";
import { type Context, reply, scatter, to } from "zpipe";

interface Job {
  readonly parts: number;
  readonly rounds: number;
  /** Each round sleeps so long. */
  readonly ms: number;
}

const STAGES: Readonly<Record<string, (job: never, ctx: Context) => unknown>> = {
  split: (job: Job) => {
    if (job.parts < 0) throw new Error("less than nothing");
    return scatter("part", Array(job.parts).fill(job));
  },
  part: (job: Job) => job,
  total: ([job]: Job[]) => job,
  round: async (job: Job, { hops, traceparent }) => {
    await sleep(job.ms);
    return job.rounds > 1 ? to("round", { ...job, rounds: job.rounds - 1 }) : reply({ hops, traceparent });
  },
};

export default (job: never, ctx: Context) => STAGES[ctx.stage]!(job, ctx);
