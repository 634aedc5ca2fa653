import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Zpipe } from "../helpers/zpipe.js";

const SAMPLE_MS = 2000;
/** Code is compiled, and pools of buffers find their size. */
const WARM_UP = 0.4;
const MB = 2 ** 20;
/** Moments that are printed, first and last included. */
const MARKS = 11;
/** MB a minute. What is freed late makes a slope, too: the longer the watch, the less it is. */
const MOST_SLOPE = 2;

interface Sample {
  readonly minute: number;
  readonly mb: number;
}

/** Samples the memory of every process and prints how it went on after warm-up; resolves with those that grow. */
export async function watchGrowth(zpipe: Zpipe, ms: number): Promise<string[]> {
  const samples = new Map<string, Sample[]>();
  const startedAt = performance.now();
  const enter = (name: string, mb: number) => {
    const list = samples.get(name) ?? [];
    samples.set(name, list);
    list.push({ minute: (performance.now() - startedAt) / 60_000, mb });
  };
  while (performance.now() - startedAt < ms) {
    await setTimeout(SAMPLE_MS);
    const { nodes, run } = await zpipe.ps();
    enter("supervisor", residentMb(run.pid));
    for (const { name, rssBytes } of nodes) enter(name, rssBytes / MB);
  }
  const faults: string[] = [];
  for (const [name, all] of samples) {
    const later = all.slice(Math.floor(all.length * WARM_UP));
    const slope = slopeOf(later);
    const course = Array.from({ length: MARKS }, (_, i) => all[Math.round((i * (all.length - 1)) / (MARKS - 1))]!.mb);
    console.log(
      `${name.padEnd(12)} ${course.map((mb) => mb.toFixed(0).padStart(4)).join("")} MB; ` +
        `after warm-up ${slope.toFixed(2).padStart(5)} MB a minute`,
    );
    if (slope > MOST_SLOPE) faults.push(`${name} grows by ${slope.toFixed(2)} MB a minute`);
  }
  return faults;
}

/** Least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, each) => sum + of(each), 0) / samples.length;
  const [x, y] = [mean(({ minute }) => minute), mean(({ mb }) => mb)];
  const above = samples.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  return above / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]) / 1024;
}
