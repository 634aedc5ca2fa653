import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readClientKey } from "../discovery/keys.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Graph } from "../graph/types.js";
import type { CurveClient } from "../plan/child.js";
import { hasPool } from "../plan/context.js";
import { changeCounts, type WorkerCounts } from "../runtime/counts.js";
import { BEACON_PORT } from "../topology/network.js";
import type { Topology } from "../topology/types.js";

export interface JoinOptions {
  readonly topology: Topology;
  readonly graph: Graph;
  /** Workers to start here, by stage. */
  readonly workers: ReadonlyMap<string, number>;
  /** File of the client's key. */
  readonly key: string | undefined;
  /** `HOST:PORT`, in place of beacons. */
  readonly from: string | undefined;
  /** How the workers' names tell where they are; default: the name of this machine. */
  readonly host: string | undefined;
}

/** Every choice made. */
export interface JoinSettings {
  readonly topology: Topology;
  readonly graph: Graph;
  readonly stages: WorkerCounts;
  readonly curve: CurveClient | undefined;
  readonly where: { readonly beaconPort: number } | { readonly host: string; readonly port: number };
  readonly host: string;
  readonly childEntry: string;
  /** For compiled modules; removed at the end. */
  readonly directory: string;
}

/** From src/join as well as from dist/join. */
const CHILD_ENTRY = fileURLToPath(new URL("../../dist/nodes/main.js", import.meta.url));

/** @throws ZpipeError for what cannot be: it names what and the remedy */
export async function settleJoin(options: JoinOptions): Promise<JoinSettings> {
  const { topology, graph, workers, key, from } = options;
  const { discovery } = topology;
  if (discovery === undefined)
    throw cannot(`${topology.name} has no [discovery]`, "no-discovery", "Nobody can join it.");
  if (discovery.keys !== undefined && key === undefined) {
    const remedy = "--key FILE, made with `zpipe keys init --client NAME` where the topology runs.";
    throw cannot(`${topology.name} lets in only those who have a key`, "no-key", remedy);
  }
  return {
    topology,
    graph,
    stages: checkedStages(topology, workers),
    curve: key === undefined ? undefined : await readClientKey(key),
    where: from === undefined ? { beaconPort: discovery.beacon?.port ?? BEACON_PORT } : parseFrom(from),
    host: checkedHost(options.host ?? hostname().split(".")[0]!),
    childEntry: CHILD_ENTRY,
    directory: await mkdtemp(join(tmpdir(), "zpipe-join-")),
  };
}

function checkedStages(topology: Topology, workers: ReadonlyMap<string, number>): WorkerCounts {
  const open = topology.stages.filter(hasPool);
  if (workers.size === 0) {
    const names = open.map(({ name }) => name);
    throw cannot(
      "no stage was named to work for",
      "no-stage",
      `--workers STAGE=N; the stages are: ${names.join(", ")}.`,
    );
  }
  // What the topology says of its own workers is no bound for those of others.
  const free = open.map((stage) => ({ ...stage, workers: { min: 1, max: 1, initial: 1, sizing: undefined } }));
  const start = new Map(free.map(({ name }) => [name, 1]));
  const { counts } = changeCounts(
    free,
    start,
    [...workers].map(([stage, to]) => ({ stage, to })),
  );
  return new Map([...counts].filter(([name]) => workers.has(name)));
}

function parseFrom(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:tcp:\/\/)?([a-z0-9._-]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536) return { host, port: Number(port) };
  throw cannot(`${JSON.stringify(text)} is not HOST:PORT`, "bad-from", "Write it as --from 10.0.0.5:5671.");
}

function checkedHost(name: string): string {
  if (/^[A-Za-z0-9][\w.-]{0,39}$/.test(name)) return name;
  const remedy = "--host NAME: letters, digits, `_`, `-` and `.`, at most 40 of them.";
  throw cannot(`${JSON.stringify(name)} cannot be part of the workers' names`, "bad-host", remedy);
}

function cannot(message: string, code: string, remedy: string): ZpipeError {
  return new ZpipeError(message, { code, exitCode: ExitCode.usage, hints: [remedy] });
}
