import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ask } from "../helpers/http.js";
import { EXAMPLES, kill, World, type Zpipe } from "../helpers/zpipe.js";

const PAGES = Array.from({ length: 20 }, (_, number) => `page-${number}`);

interface Visit {
  readonly page: string;
  readonly visits: number;
  readonly worker: string;
}

const world = new World();
afterAll(() => world.close());

/** Visits every page so many times, all at once; the last visit of each. */
async function visitAll(zpipe: Zpipe, times: number): Promise<ReadonlyMap<string, Visit>> {
  const paths = Array.from({ length: times }, () => PAGES).flat();
  const answers = await Promise.all(paths.map((page) => ask(`${zpipe.url}/visits/${page}`)));
  const last = new Map<string, Visit>();
  const workers = new Map<string, string>();
  for (const { json } of answers) {
    const visit = json as Visit;
    expect(visit.worker).toBe(workers.get(visit.page) ?? visit.worker);
    workers.set(visit.page, visit.worker);
    if (visit.visits > (last.get(visit.page)?.visits ?? 0)) last.set(visit.page, visit);
  }
  return last;
}

function looksLike(zpipe: Zpipe, what: string, workers: number, restarts: number): Promise<void> {
  return zpipe.looks(what, ({ stages, nodes }) => {
    const started = nodes.reduce((sum, node) => sum + node.restarts, 0);
    return stages[0]!.workers.ready === workers && started === restarts;
  });
}

test("each page is counted by one worker while it lives; when workers come or die, no other page moves", async () => {
  const zpipe = await world.up(join(EXAMPLES, "counters.toml"));
  await looksLike(zpipe, "all workers are there", 3, 0);
  const first = await visitAll(zpipe, 3);
  expect([...first.values()].map(({ visits }) => visits)).toEqual(PAGES.map(() => 3));
  expect(new Set([...first.values()].map(({ worker }) => worker)).size).toBe(3);

  await zpipe.scale("count", "4");
  await looksLike(zpipe, "the fourth is there", 4, 0);
  const second = await visitAll(zpipe, 3);
  const moved = PAGES.filter((page) => second.get(page)!.worker !== first.get(page)!.worker);
  expect(moved.length).toBeLessThan(PAGES.length / 2);
  for (const page of PAGES) {
    const expected = moved.includes(page) ? { page, visits: 3, worker: "count.4" } : { ...first.get(page), visits: 6 };
    expect(second.get(page)).toEqual(expected);
  }

  const victim = first.get(PAGES.find((page) => !moved.includes(page))!)!.worker;
  kill((await zpipe.ps()).nodes.find(({ name }) => name === victim)!.pid!);
  await looksLike(zpipe, "the dead one is there again", 4, 1);
  const third = await visitAll(zpipe, 1);
  for (const page of PAGES) {
    // It has the same pages as before, but what it knew of them died with it.
    const { worker, visits } = second.get(page)!;
    expect(third.get(page)).toEqual({ page, worker, visits: worker === victim ? 1 : visits + 1 });
  }
  const { code } = await zpipe.stop();
  expect(code).toBe(0);
});
