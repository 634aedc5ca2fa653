import { type Context, scatter, to } from "zpipe";

type Walk = { n: number; left?: number };
type Part = { n: number; i: number };

/** Some CPU, unevenly: long enough for a kill to meet a running job now and then. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const STAGES: Readonly<Record<string, (job: never) => unknown>> = {
  walk: ({ n, left = n % 7 }: Walk) => (left > 0 ? to("walk", { n, left: left - 1 }) : to("end", { n })),
  split: ({ n }: { n: number }) =>
    scatter(
      "part",
      Array.from({ length: n % 5 }, (_, i) => ({ n, i })),
    ),
  part: ({ n, i }: Part) => {
    if (n % 10 === 0) spin(4);
    return { n, product: n * i };
  },
  sum: (parts: { n: number; product: number }[]) => parts,
  end: ({ walk, sum }: { walk: { n: number }; sum: { n: number; product: number }[] }) => ({
    n: walk.n,
    own: sum.every(({ n }) => n === walk.n),
    products: sum.map(({ product }) => product),
  }),
};

export default (job: never, ctx: Context) => STAGES[ctx.stage]!(job);
