import { type Metric, Registry } from "prom-client";
import { unreachable } from "../../errors.js";
import type { Snapshot, TimesSnapshot } from "../snapshot.js";
import { TimeHistogram } from "../time-histogram.js";
import { FAMILIES } from "./families.js";
import type { Family } from "./family.js";

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** A snapshot in the text format of Prometheus, every sample with the name of the run. */
export function exposition(snapshot: Snapshot): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ run: snapshot.run.name });
  for (const family of FAMILIES) {
    const values = valuesOf(family, snapshot);
    const { name, help, samples } = family;
    if (values.length > 0) registry.registerMetric(known({ name, help, type: samples.type, values }));
  }
  return registry.metrics();
}

interface Value {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Known {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly values: readonly Value[];
}

/** The library's own metrics are counted by themselves; these were counted elsewhere, and it only writes them down. */
function known(metric: Known): Metric {
  return { name: metric.name, get: async () => metric } as unknown as Metric;
}

function valuesOf({ name, labels, samples }: Family, snapshot: Snapshot): readonly Value[] {
  const named = (values: readonly string[]) => Object.fromEntries(labels.map((label, i) => [label, values[i]!]));
  switch (samples.type) {
    case "gauge":
    case "counter":
      return samples.read(snapshot).map(([values, value]) => ({ labels: named(values), value }));
    case "histogram":
      return samples.read(snapshot).flatMap(([values, times]) => histogram(name, named(values), times));
    default:
      return unreachable(samples);
  }
}

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];
const BOUNDS_US = BOUNDS.map((seconds) => Math.round(seconds * 1e6));

function histogram(name: string, labels: Value["labels"], { total }: TimesSnapshot): readonly Value[] {
  const { count, sumMs, hdr } = total;
  const counts = TimeHistogram.from({ count, sumUs: sumMs * 1000, hdr }).countsUpTo(BOUNDS_US);
  const bucket = (le: string, value: number) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value });
  return [
    ...BOUNDS.map((bound, i) => bucket(String(bound), counts[i]!)),
    bucket("+Inf", count),
    { metricName: `${name}_sum`, labels, value: Math.round(sumMs * 1000) / 1e6 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
