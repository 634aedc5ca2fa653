import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exposition } from "../../src/metrics/prometheus/exposition.js";
import { FAMILIES } from "../../src/metrics/prometheus/families.js";
import { SNAPSHOT } from "./samples.js";

const text = await exposition(SNAPSHOT);
const RUN = 'run="a \\"quoted\\" run"';

function samplesOf(name: string): readonly string[] {
  return text.split("\n").filter((line) => new RegExp(`^${name}[{ ]`).test(line));
}

describe("what Prometheus is told", () => {
  test("every family stands there once with its help and its type", () => {
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(types).toEqual(FAMILIES.map(({ name, samples }) => [name, samples.type]));
    expect([...text.matchAll(/^# HELP /gm)]).toHaveLength(FAMILIES.length);
  });

  test("names and units are those of the conventions", () => {
    for (const { name, samples, help } of FAMILIES) {
      expect(name).toMatch(/^zpipe_[a-z_]+$/);
      expect(name.endsWith("_total"), name).toBe(samples.type === "counter");
      if (samples.type === "histogram") expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|percent|mib)\b/);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("times are in seconds, sizes in bytes, and labels are escaped", () => {
    expect(samplesOf("zpipe_run_uptime_seconds")).toEqual([`zpipe_run_uptime_seconds{${RUN}} 61.5`]);
    expect(samplesOf("zpipe_stage_oldest_job_age_seconds")).toEqual([
      `zpipe_stage_oldest_job_age_seconds{stage="work",${RUN}} 0.25`,
    ]);
    expect(samplesOf("zpipe_server_responses_total")).toEqual([
      `zpipe_server_responses_total{status="200",route="/orders/:id",${RUN}} 2`,
      `zpipe_server_responses_total{status="503",route="",${RUN}} 1`,
    ]);
  });

  test("a histogram adds up from bucket to bucket, and its last bucket is its count", () => {
    const name = "zpipe_stage_service_seconds";
    const buckets = samplesOf(`${name}_bucket`).map((line) => {
      const [, le, value] = /le="([^"]+)".* (\d+)$/.exec(line)!;
      return [le, Number(value)] as const;
    });
    const upTo = (le: string) => buckets.find(([bound]) => bound === le)?.[1];
    expect([upTo("0.0001"), upTo("0.00025"), upTo("0.0025"), upTo("0.005"), upTo("0.1")]).toEqual([0, 1, 1, 3, 4]);
    expect([upTo("300"), upTo("+Inf")]).toEqual([4, 5]);
    expect(buckets.map(([, count]) => count)).toEqual(buckets.map(([, count]) => count).sort((a, b) => a - b));
    expect(samplesOf(`${name}_count`)).toEqual([`${name}_count{stage="work",${RUN}} 5`]);
    expect(samplesOf(`${name}_sum`)).toEqual([`${name}_sum{stage="work",${RUN}} 400.0762`]);
  });

  test("a process is told once, whatever it hosts, and none of another host", () => {
    expect(samplesOf("zpipe_process_cpu_seconds_total")).toEqual([
      `zpipe_process_cpu_seconds_total{process="hub",${RUN}} 1.5`,
      `zpipe_process_cpu_seconds_total{process="work.1",${RUN}} 0.02`,
    ]);
    expect(samplesOf("zpipe_node_up").map((line) => /node="([^"]+)".* (\d)$/.exec(line)!.slice(1))).toEqual([
      ["server", "1"],
      ["work", "1"],
      ["work.1", "0"],
      ["guest.1", "1"],
    ]);
  });

  test("what a topology does not have is not told", async () => {
    const told = await exposition({ ...SNAPSHOT, server: undefined, sources: [] });
    expect(told).not.toMatch(/zpipe_(server|source)_/);
    expect(told).toMatch(/^zpipe_stage_queue_depth/m);
  });
});

test("the dashboard and the documentation name no metric that is not told, and the documentation names them all", () => {
  const told = new Set(
    FAMILIES.flatMap(({ name, samples }) =>
      samples.type === "histogram" ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const namesIn = (file: string) => {
    const content = readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");
    return new Set(content.match(/\bzpipe_[a-z_]+/g));
  };
  const dashboard = namesIn("grafana-dashboard.json");
  expect(dashboard.size).toBeGreaterThan(10);
  expect([...dashboard].filter((name) => !told.has(name))).toEqual([]);
  const documented = namesIn("metrics.md");
  expect([...documented].filter((name) => !told.has(name))).toEqual([]);
  expect(FAMILIES.map(({ name }) => name).filter((name) => !documented.has(name))).toEqual([]);
});
