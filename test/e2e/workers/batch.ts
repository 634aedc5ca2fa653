import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { type Context, drop, scatter, to } from "zpipe";

interface Task {
  readonly n: number;
  /** What is to become of it; a result, if it is not said. */
  readonly how?: "throw" | "die" | "drop" | "scatter" | "refuse";
  readonly ms?: number;
  /** Waits until this file is there. */
  readonly until?: string;
}

let active = 0;
let most = 0;

/** Does what it is asked to. A number is its own task. */
export default async (job: number | Task, ctx: Context) => {
  active++;
  most = Math.max(most, active);
  try {
    return await act(typeof job === "number" ? { n: job } : job, ctx);
  } finally {
    active--;
  }
};

async function act({ n, how, ms, until }: Task, { signal, worker, request }: Context): Promise<unknown> {
  if (ms !== undefined) await setTimeout(ms);
  while (until !== undefined && !existsSync(until)) {
    signal.throwIfAborted();
    await setTimeout(10);
  }
  switch (how) {
    case "throw":
      throw new Error(`${n} cannot be done`);
    case "refuse":
      if (!isMended()) throw new Error(`${n} cannot be done yet`);
      return { n, square: n * n };
    case "die":
      return isMended() ? { n, square: n * n } : process.exit(9);
    case "drop":
      return drop();
    case "scatter":
      return scatter(
        "parts",
        Array.from({ length: 5 }, (_, i) => ({ n, i })),
      );
    default:
      return process.env.SHOW === "most" ? to("out", { n, most, worker, request }) : { n, square: n * n };
  }
}

/** Whether what is wrong with some tasks has been put right. */
function isMended(): boolean {
  return existsSync(process.env.MENDED!);
}
