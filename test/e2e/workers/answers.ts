import { type Context, reply, scatter, to } from "zpipe";

const STAGES: Readonly<Record<string, (job: never, ctx: Context) => unknown>> = {
  early: ({ n }: { n: number }) => (n < 0 ? reply({ early: n }, { status: 201 }) : n),
  never: (n: number) => ({ passed: n }),
  html: () =>
    reply("<h1>ä</h1>", { status: 203, headers: { "Content-Type": "text/html; charset=utf-8", "X-Made-By": "html" } }),
  flip: (bytes: Buffer) => Buffer.from(bytes).reverse(),
  head: (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1),
  tail: (bytes: Buffer) => bytes.subarray(bytes.length >> 1),
  whole: ({ head, tail }: { head: Buffer; tail: Buffer }) => Buffer.concat([tail, head]),
  throw: ({ status }: { status?: number }) => {
    throw Object.assign(new Error("cannot be found here"), { status });
  },
  astray: () => to("nowhere", 1),
  endless: () => to("endless", {}),
  hold: ({ id }: { id: string }, { signal }: Context) => {
    console.log(`holds ${id}`);
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        console.log(`lets go of ${id}`);
        resolve(null);
      });
    });
  },
  nothing: () => scatter("never", []),
};

export default (job: never, ctx: Context) => STAGES[ctx.stage]!(job, ctx);
