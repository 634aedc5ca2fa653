import { type Context, scatter, to } from "zpipe";

type N = { n: number };

const STAGES: Readonly<Record<string, (job: never, ctx: Context) => unknown>> = {
  a: ({ n }: N) => ({ n: n + 1 }),
  b: ({ n }: N) => n * 2,
  c: ({ n }: N) => n * 3,
  d: ({ b, c }: { b: number; c: number }) => ({ b, c, sum: b + c }),

  step: ({ n, steps = 0 }: N & { steps?: number }) =>
    n === 1 ? { steps } : to("step", { n: n % 2 === 0 ? n / 2 : 3 * n + 1, steps: steps + 1 }),

  ping: ({ n, way = "" }: N & { way?: string }) => ({ n, way: `${way}i` }),
  pong: ({ n, way }: N & { way: string }) => ({ n, way: `${way}o` }),
  pang: ({ n, way }: N & { way: string }, { hops }: Context) =>
    n > 1 ? to("ping", { n: n - 1, way: `${way}a` }) : to("server", { way: `${way}a`, hops }),

  pages: (pages: string[][]) => scatter("lines", pages),
  lines: (lines: string[]) => scatter("words", lines),
  words: (line: string) => line.split(" ").length,
  page: (counts: number[]) => ({ lines: counts.length, counts }),
  book: ({ page }: { page: { lines: number; counts: number[] }[] }) => ({ pages: page.length, page }),

  split: ({ n }: N) =>
    scatter(
      "item",
      Array.from({ length: n }, (_, i) => ({ i })),
    ),
  item: ({ i }: { i: number }) => i * i,
  triple: (square: number) => 3 * square,
  total: (parts: number[]) => ({ count: parts.length, parts }),

  b2: ({ n }: N) => n + 2,
  c2: ({ n }: N) => n - 2,
  d2: (parts: unknown) => parts,
};

export default (job: never, ctx: Context) => STAGES[ctx.stage]!(job, ctx);
