import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, Load } from "../helpers/http.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

let zpipe: Zpipe;
/** The same with a number of workers that was given at the start: it idles while the other is looked at. */
let fixed: Zpipe;
let file: string;
beforeAll(async () => {
  [zpipe, fixed] = await Promise.all([world.up("sizing.toml"), world.up("sizing.toml", "--workers", "work=2")]);
  file = join(world.directory, "go");
});

const looks = (workers: number, reason: RegExp) =>
  zpipe.looks(
    `${workers} workers, ${reason}`,
    ({ stages: [work] }) =>
      work!.workers.wanted === workers && work!.workers.ready === workers && reason.test(work!.scaling?.reason ?? ""),
  );

test("a burst grows a pool, idling shrinks it, and every answer is right all the while", async () => {
  const { stages } = await zpipe.ps();
  expect(stages[0]).toMatchObject({ name: "work", workers: { wanted: 1 } });
  expect(stages[0]!.scaling).toBeUndefined();

  const burst = Array.from({ length: 12 }, () => ask(`${zpipe.url}/?until=${encodeURIComponent(file)}`));
  await looks(4, /^\d → 4: jobs have waited [\d.]+m?s \(more than 50ms\), \d+ are queued$/);
  writeFileSync(file, "");
  for (const { status, json } of await Promise.all(burst)) expect([status, json]).toEqual([200, { until: file }]);

  const load = new Load(zpipe.url, 1, () => ({ path: `/?until=${encodeURIComponent(file)}`, answer: { until: file } }));
  await looks(1, /^\d → 1: no more than [01] had work in the last 2s$/);
  await load.more(20);
  await load.stop();
  expect(load.wrong).toEqual([]);
});

test("a number that was set by hand stays for a while", async () => {
  expect((await zpipe.scale("work", "3")).stdout).toMatch(/^work: \d → 3\n$/);
  await looks(3, /^\d → 3: by hand; stays so for 5 min$/);
  const { stdout } = await world.run("ps", zpipe.name);
  expect(stdout).toMatch(/^work: \d → 3: by hand; stays so for 5 min \(\d+m?s ago\)$/m);
});

test("a number that was given at the start stays for the whole run", async () => {
  // Longer than it would take: the time at which its snapshots are made tells that it was looked at often enough.
  await fixed.looks("it has idled for long", ({ run }) => run.uptimeMs > 6000);
  expect((await fixed.ps()).stages[0]).toMatchObject({ workers: { wanted: 2, ready: 2 } });
  expect((await ask(`${fixed.url}/?until=${encodeURIComponent(file)}`)).json).toEqual({ until: file });
});
