import type { Context } from "zpipe";

export default async ({ n }: { n: number }, { worker }: Context) => {
  // So that some are always under way.
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { square: n * n, worker };
};
