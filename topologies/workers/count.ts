import type { SetupContext } from "zpipe";

const visits = new Map<string, number>();
let worker = "";

export function setup(context: SetupContext) {
  ({ worker } = context);
}

/** What it knows of a page is gone with its process: the next worker begins to count anew. */
export default ({ page }: { page: string }) => {
  const count = (visits.get(page) ?? 0) + 1;
  visits.set(page, count);
  return { page, visits: count, worker };
};
