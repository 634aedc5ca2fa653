import type { Sweep } from "../bench/bench.js";
import type { MeasureOptions } from "../bench/options.js";
import { CHAOS_KINDS, type ChaosKind } from "../bench/result.js";
import { parseThreshold } from "../bench/thresholds.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Transport } from "../plan/types.js";
import { didYouMean } from "../topology/nearest.js";
import type { Placement } from "../topology/types.js";
import { parseDuration } from "../topology/units.js";
import type { Loaded } from "./load.js";
import { parseWorkers } from "./workers-flag.js";

/** The flags of `bench` as they were given. */
export interface BenchFlags {
  readonly connections: number;
  readonly rate: string | undefined;
  readonly duration: string;
  readonly warmup: string;
  readonly graph: boolean;
  readonly placement: Placement | undefined;
  readonly transport: Transport | undefined;
  readonly workers: string[] | undefined;
  readonly "job-time": string | undefined;
  readonly chaos: string | undefined;
  readonly every: string;
  readonly "fail-if": string[] | undefined;
  readonly name: string | undefined;
}

type Given = Omit<MeasureOptions, "version" | "onProgress" | "signal">;

/** @throws ZpipeError for what is no number, duration, threshold …, before anything is started */
export function benchOptions(flags: BenchFlags, { topology, graph }: Loaded): Given {
  const { connections, rate, placement, transport, name } = flags;
  const kinds = flags.chaos === undefined ? [] : parseChaos(flags.chaos);
  if (flags.graph && kinds.includes("kill-server")) {
    throw usage("with --graph the server itself makes the load", "Leave out kill-server, or --graph.");
  }
  return {
    topology,
    graph,
    name,
    placement,
    transport,
    workers: parseWorkers(flags.workers ?? []),
    entry: flags.graph ? "graph" : "http",
    connections,
    rate: rate === undefined ? undefined : parseRate(rate),
    durationMs: duration("duration", flags.duration),
    warmupMs: flags.warmup === "0" || flags.warmup === "0s" ? 0 : duration("warmup", flags.warmup),
    jobs: undefined,
    jobMs: flags["job-time"] === undefined ? undefined : duration("job-time", flags["job-time"]),
    chaos: kinds.length === 0 ? undefined : { kinds, everyMs: duration("every", flags.every) },
    thresholds: (flags["fail-if"] ?? []).map((text) =>
      parseThreshold(
        text,
        topology.stages.map((stage) => stage.name),
      ),
    ),
  };
}

/** `square=1,2,4`. */
export function parseSweep(text: string): Sweep {
  const [, stage, counts = ""] = /^([^=]+)=(\d+(?:,\d+)*)$/.exec(text) ?? [];
  if (stage !== undefined) return { stage, workers: counts.split(",").map(Number) };
  throw usage(`--sweep ${JSON.stringify(text)} is not STAGE=N,N,…`, "Write for example: --sweep square=1,2,4,8");
}

/** `100,1000,5000`. */
export function parseJobs(text: string): readonly number[] {
  if (/^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/.test(text)) return text.split(",").map(Number);
  throw usage(`--jobs ${JSON.stringify(text)} is not N,N,…`, "Write for example: --jobs 100,1000,5000");
}

/** `kill-worker,scale`. */
export function parseChaos(text: string): readonly ChaosKind[] {
  return text.split(",").map((word) => {
    const kind = CHAOS_KINDS.find((candidate) => candidate === word.trim());
    if (kind !== undefined) return kind;
    const hint = didYouMean(word, CHAOS_KINDS) ?? `The kinds are: ${CHAOS_KINDS.join(", ")}.`;
    throw usage(`there is no chaos ${JSON.stringify(word)}`, hint);
  });
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate > 0 && rate <= 1_000_000) return rate;
  throw usage(`--rate ${JSON.stringify(text)} is not a number of arrivals a second`, "Write for example: --rate 500");
}

function duration(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw usage(`--${flag} ${JSON.stringify(text)} is not a duration`, "Write for example 500ms, 10s or 1m.");
}

function usage(message: string, hint: string): ZpipeError {
  return new ZpipeError(message, { code: "bad-bench", exitCode: ExitCode.usage, hints: [hint] });
}
