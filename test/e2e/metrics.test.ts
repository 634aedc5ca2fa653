import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EXAMPLES, eventually, kill, World } from "../helpers/zpipe.js";
import { notOfSchema } from "../metrics/schema.js";

const world = new World();
afterAll(() => world.close());

/** Samples by what stands before their value; and which of them are of counters or histograms. */
interface Scrape {
  readonly values: ReadonlyMap<string, number>;
  readonly rising: readonly string[];
}

async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(url)).text();
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]));
  const values = new Map([...text.matchAll(/^(zpipe_.*) (\S+)$/gm)].map(([, key, value]) => [key!, Number(value)]));
  const familyOf = (key: string) => key.replace(/\{.*/, "").replace(/_(bucket|sum|count)$/, "");
  const rising = [...values.keys()].filter((key) => ["counter", "histogram"].includes(types.get(familyOf(key))!));
  return { values, rising };
}

function fallen(before: Scrape, after: Scrape): readonly string[] {
  return before.rising.filter((key) => !(after.values.get(key)! >= before.values.get(key)!));
}

test("Prometheus reads of a run what went along each edge, and no counter falls when a proxy is killed", async () => {
  const zpipe = await world.up(join(EXAMPLES, "euler6.toml"), "--metrics-port", "0");
  const { run, nodes } = await zpipe.ps();
  const url = run.metricsUrl!;
  await zpipe.says(new RegExp(`metrics +${url}`));

  const REQUESTS = 40;
  let last = await scrape(url);
  let flowing = true;
  const requests = Promise.all(Array.from({ length: REQUESTS }, () => fetch(`${zpipe.url}/?n=1&n=2&n=3`))).finally(
    () => {
      flowing = false;
    },
  );
  while (flowing) {
    const next = await scrape(url);
    expect(fallen(last, next)).toEqual([]);
    last = next;
  }
  expect((await requests).map(({ status }) => status)).toEqual(Array(REQUESTS).fill(200));

  const label = `run="${zpipe.name}"`;
  // The last proxy notes that a job is settled just after the answer has left.
  const done = `zpipe_stage_service_seconds_count{stage="difference",${label}}`;
  await eventually("all is settled", async () => {
    last = await scrape(url);
    return last.values.get(done) === REQUESTS;
  });
  const edges = [...last.values].filter(([key]) => key.startsWith("zpipe_edge_jobs_total"));
  expect(edges.map(([, count]) => count)).toEqual(Array(5).fill(REQUESTS));
  expect(last.values.get(`zpipe_server_responses_total{status="200",route="/",${label}}`)).toBe(REQUESTS);
  expect(last.values.get(`zpipe_server_request_duration_seconds_count{${label}}`)).toBe(REQUESTS);
  expect(last.values.get(`zpipe_server_request_duration_seconds_bucket{le="+Inf",${label}}`)).toBe(REQUESTS);
  expect(last.values.get(`zpipe_process_cpu_seconds_total{process="sum",${label}}`)).toBeGreaterThan(0);
  expect(notOfSchema(await zpipe.ps())).toEqual([]);

  kill(nodes.find(({ name }) => name === "sum")!.pid!);
  const restarts = `zpipe_process_restarts_total{process="sum",${label}}`;
  const up = `zpipe_node_up{node="sum",kind="proxy",stage="",process="sum",${label}}`;
  await eventually("the proxy is there again", async () => {
    const next = await scrape(url);
    expect(fallen(last, next)).toEqual([]);
    return next.values.get(restarts) === 1 && next.values.get(up) === 1;
  });
  expect((await fetch(`${zpipe.url}/?n=4`)).status).toBe(200);
  const received = `zpipe_stage_jobs_received_total{stage="sum",${label}}`;
  await eventually("it counts on", async () => (await scrape(url)).values.get(received)! > REQUESTS);

  await zpipe.stop();
  await expect(fetch(url)).rejects.toThrow();
});
