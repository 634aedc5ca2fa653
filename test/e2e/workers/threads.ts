import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, threadId } from "node:worker_threads";
import { type Context, reply, type SetupContext, scatter, to } from "zpipe";

const STAGES: Readonly<Record<string, (job: never, ctx: Context) => unknown>> = {
  /** Keeps its thread busy until so many have come to the place: none of them leaves unless all run at once. */
  meet: ({ place, size }: { place: string; size: number }) => {
    writeFileSync(join(place, String(threadId)), "");
    while (readdirSync(place).length < size);
    return { pid: process.pid, thread: threadId, isMainThread };
  },
  /** Computes, and looks now and then whether it still should. */
  compute: ({ id }: { id: string }, { signal, log }: Context) => {
    log.info(`computes ${id}`);
    while (!signal.aborted);
    log.info(`stops computing ${id}`);
  },
  wait: async ({ id }: { id: string }, { signal, log }: Context) => {
    log.info(`waits ${id}`);
    await sleep(2 ** 30, undefined, { signal }).catch(() => log.info(`stops waiting ${id}`));
  },
  /** All have to come before one dies, and the others compute until they die with it. */
  die: ({ id, how, place, size }: { id: string; how: string; place: string; size: number }, { attempt }: Context) => {
    const death = join(place, "death");
    if (existsSync(death)) return { id, attempt };
    writeFileSync(join(place, id), "");
    while (readdirSync(place).length < size);
    while (how === "not");
    writeFileSync(death, "");
    return die(how);
  },
  act: ({ how }: { how: string }, ctx: Context) => ACTIONS[how]!(ctx),
  square: (n: number) => n * n,
  sum: (squares: number[]) => squares.reduce((sum, n) => sum + n, 0),
  flip: (bytes: Buffer) => bytes.reverse(),
  life: () => ({ settings }),
};

const ACTIONS: Readonly<Record<string, (ctx: Context) => unknown>> = {
  scatter: () => scatter("square", [1, 2, 3]),
  reply: () => reply("<p>ü</p>", { status: 203, headers: { "content-type": "text/html; charset=utf-8" } }),
  to: () => to("server", { exact: 2n ** 70n }),
  astray: () => to("nowhere", 1),
  throw: () => {
    throw Object.assign(new Error("no such tile"), { status: 404 });
  },
  break: () => {
    throw new Error("broken");
  },
  context: ({ topology, stage, worker, request, attempt, hops, deadline, traceparent }) =>
    reply({ topology, stage, worker, request, attempt, hops, deadline, traceparent }),
};

/** A way to die that is not an exception of the handler. */
function die(how: string): Promise<never> {
  if (how === "exit") process.exit(0);
  if (how === "memory") {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, i) => i + Math.random()));
  }
  setImmediate(() => {
    throw new Error("out of the blue");
  });
  return new Promise(() => {});
}

let settings = 0;
let name = "";

export async function setup({ worker, log }: SetupContext) {
  settings++;
  name = worker;
  log.info(`sets up a thread of ${name}`);
}

export function teardown() {
  console.log(`tears down a thread of ${name}`);
}

export default (job: never, ctx: Context) => STAGES[ctx.stage]!(job, ctx);
