import { fileURLToPath } from "node:url";
import type { Environment } from "../control/directories.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Graph } from "../graph/types.js";
import type { Transport } from "../plan/types.js";
import type { Placement, Topology } from "../topology/types.js";
import { initialCounts, type WorkerCounts } from "./counts.js";
import { withListen, withMetricsPort } from "./listen.js";
import type { Echo } from "./log-sink.js";

export interface RunOptions {
  readonly topology: Topology;
  readonly graph: Graph;
  /** Default: what the topology says. */
  readonly placement?: Placement | undefined;
  /** Default: "ipc". */
  readonly transport?: Transport | undefined;
  /** `http://HOST:PORT` in place of what the topology says. */
  readonly listen?: string | undefined;
  /** Where to tell the metrics, in place of what the topology says: this port, of the same host or of 127.0.0.1. */
  readonly metricsPort?: number | undefined;
  /** Default: the name of the topology. */
  readonly name?: string | undefined;
  /** Workers by stage, in place of the initial numbers. */
  readonly workers?: ReadonlyMap<string, number> | undefined;
  /** Sinks write the results of a source in the order of its jobs. */
  readonly ordered?: boolean | undefined;
  /** How long unanswered requests are waited for when it is told to end. Default: what the topology says. */
  readonly drainMs?: number | undefined;
  /** Recorded for `ps`. */
  readonly version?: string | undefined;
  /** Where people see the lines of the nodes; undefined: only the log file has them. */
  readonly echo?: Echo | undefined;
  readonly colour?: boolean | undefined;
  /** What the log may keep of this run, and again of those before. Default: 64 MiB. */
  readonly logBytes?: number | undefined;
  /** The module that children run. */
  readonly childEntry?: string | undefined;
  /** For XDG directories. */
  readonly env?: Environment | undefined;
}

/** Every choice made. */
export interface RunSettings {
  readonly topology: Topology;
  readonly graph: Graph;
  readonly placement: Placement;
  readonly transport: Transport;
  readonly name: string;
  readonly counts: WorkerCounts;
  /** Stages that keep the number of workers that they were given, though the topology has them size themselves. */
  readonly fixed: ReadonlySet<string>;
  readonly ordered: boolean;
  readonly drainMs: number;
  readonly version: string;
  readonly echo: Echo | undefined;
  readonly colour: boolean;
  readonly logBytes: number;
  readonly childEntry: string;
  readonly env: Environment;
}

const LOG_BYTES = 64 * 2 ** 20;

/** From src/runtime as well as from dist/runtime. */
const CHILD_ENTRY = fileURLToPath(new URL("../../dist/nodes/main.js", import.meta.url));

export function settle(options: RunOptions): RunSettings {
  const topology = withMetricsPort(withListen(options.topology, options.listen), options.metricsPort);
  return {
    topology,
    graph: options.graph,
    placement: options.placement ?? topology.placement,
    transport: options.transport ?? "ipc",
    name: checkName(options.name ?? topology.name),
    counts: initialCounts(topology.stages, options.workers),
    fixed: new Set(options.workers?.keys()),
    ordered: options.ordered ?? false,
    drainMs: options.drainMs ?? topology.drainMs,
    version: options.version ?? "unknown",
    echo: options.echo,
    colour: options.colour ?? false,
    logBytes: options.logBytes ?? LOG_BYTES,
    childEntry: options.childEntry ?? CHILD_ENTRY,
    env: options.env ?? process.env,
  };
}

/** It becomes the name of a directory. */
function checkName(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) return name;
  throw new ZpipeError(`${JSON.stringify(name)} cannot be the name of a run`, {
    code: "bad-name",
    exitCode: ExitCode.usage,
    hints: ["Use letters, digits, `_`, `-` and `.`, at most 64 of them, and begin with a letter or a digit."],
  });
}
