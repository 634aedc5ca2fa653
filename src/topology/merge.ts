import { didYouMean } from "./nearest.js";
import { below, type Located, type Problem } from "./problem.js";
import type { Source } from "./read.js";
import { show } from "./show.js";
import { isData } from "./table.js";

/** All files as one: every entity with the place where it was written. */
export interface Merged {
  /** `name`, `placement`, `max_hops` and `drain`. */
  readonly settings: ReadonlyMap<string, Located>;
  /** The one `[server]` that says more than routes, else the first; undefined: there is none. */
  readonly server: Located | undefined;
  readonly routes: readonly Located[];
  readonly sources: ReadonlyMap<string, Located>;
  readonly stages: ReadonlyMap<string, Located>;
  readonly sinks: ReadonlyMap<string, Located>;
  readonly proxies: ReadonlyMap<string, Located>;
  readonly edges: readonly Located[];
  readonly samples: readonly Located[];
  readonly tests: readonly Located[];
  readonly metadata: ReadonlyMap<string, Located>;
  readonly discovery: Located | undefined;
  readonly metrics: Located | undefined;
}

const SETTINGS = ["name", "placement", "max_hops", "drain"];
const TABLES = [
  "server",
  "sources",
  "stages",
  "sinks",
  "proxies",
  "edges",
  "samples",
  "tests",
  "metadata",
  "discovery",
  "metrics",
];
const KNOWN = [...SETTINGS, "include", ...TABLES];

/** Merges included files into the one that names them; what two of them define is a problem. */
export function mergeSources(files: readonly Source[], problems: Problem[]): Merged {
  const settings = new Map<string, Located>();
  const sources = new Map<string, Located>();
  const stages = new Map<string, Located>();
  const sinks = new Map<string, Located>();
  const proxies = new Map<string, Located>();
  const servers: Located[] = [];
  const routes: Located[] = [];
  const edges: Located[] = [];
  const samples: Located[] = [];
  const tests: Located[] = [];
  const single = new Map<string, Located>();
  const metadata = new Map<string, Located>();

  for (const { file, data } of files) {
    for (const [key, value] of Object.entries(data)) {
      const located: Located = { file, path: [key], value };
      if (SETTINGS.includes(key)) define(settings, key, located, key, problems);
      else if (key === "sources") defineAll(sources, located, "source", problems);
      else if (key === "stages") defineAll(stages, located, "stage", problems);
      else if (key === "sinks") defineAll(sinks, located, "sink", problems);
      else if (key === "proxies") defineAll(proxies, located, "proxy", problems);
      else if (key === "metadata") defineAll(metadata, located, "metadata", problems);
      else if (key === "edges") edges.push(...elements(located, "[[edges]]", problems));
      else if (key === "samples") samples.push(...elements(located, "[[samples]]", problems));
      else if (key === "tests") tests.push(...elements(located, "[[tests]]", problems));
      else if (key === "discovery") define(single, key, located, "[discovery]", problems);
      else if (key === "metrics") define(single, key, located, "[metrics]", problems);
      else if (key === "server") {
        servers.push(located);
        routes.push(...routesOf(located, problems));
      } else if (!KNOWN.includes(key)) {
        const message = `unknown key "${key}" at the top level`;
        problems.push({ file, path: [key], message, hint: didYouMean(key, KNOWN), at: "key" });
      }
    }
  }
  const server = oneServer(servers, problems);
  const discovery = single.get("discovery");
  const metrics = single.get("metrics");
  return {
    settings,
    server,
    routes,
    sources,
    stages,
    sinks,
    proxies,
    edges,
    samples,
    tests,
    metadata,
    discovery,
    metrics,
  };
}

function define(into: Map<string, Located>, name: string, located: Located, title: string, problems: Problem[]): void {
  const first = into.get(name);
  if (first === undefined) into.set(name, located);
  else problems.push({ file: located.file, path: located.path, message: `${title} is already defined`, other: first });
}

function defineAll(into: Map<string, Located>, table: Located, kind: string, problems: Problem[]): void {
  if (!isData(table.value)) {
    problems.push({
      file: table.file,
      path: table.path,
      message: `${table.path[0]} must be a table, not ${show(table.value)}`,
    });
    return;
  }
  for (const [name, value] of Object.entries(table.value)) {
    define(into, name, { ...below(table, name), value }, `${kind} "${name}"`, problems);
  }
}

/** An included file may add routes to a server that another file sets up. */
function oneServer(servers: readonly Located[], problems: Problem[]): Located | undefined {
  const full = servers.filter(({ value }) => !isData(value) || Object.keys(value).some((key) => key !== "routes"));
  for (const { file, path } of full.slice(1)) {
    problems.push({ file, path, message: "[server] is already defined", other: full[0] });
  }
  return full[0] ?? servers[0];
}

function routesOf(server: Located, problems: Problem[]): readonly Located[] {
  if (!isData(server.value) || server.value.routes === undefined) return [];
  return elements({ ...below(server, "routes"), value: server.value.routes }, "[[server.routes]]", problems);
}

function elements(list: Located, title: string, problems: Problem[]): readonly Located[] {
  if (Array.isArray(list.value)) {
    return list.value.map((value: unknown, index) => ({ ...below(list, index), value }));
  }
  const message = `${title} must be an array of tables, not ${show(list.value)}`;
  problems.push({ file: list.file, path: list.path, message, hint: `write ${title} with double brackets` });
  return [];
}
