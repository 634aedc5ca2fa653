import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** Who may import whom: a folder may import those it lists and nothing else. It only ever points down. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  commands: [
    "bench",
    "testing",
    "cli",
    "discovery",
    "join",
    "dashboard",
    "scaffold",
    "runtime",
    "control",
    "plan",
    "graph",
    "topology",
    "metrics",
    "errors",
  ],
  cli: [
    "bench",
    "join",
    "testing",
    "dashboard",
    "scaffold",
    "runtime",
    "control",
    "plan",
    "graph",
    "topology",
    "metrics",
    "protocol",
    "printable",
    "errors",
  ],
  scaffold: ["errors"],
  dashboard: ["control", "graph", "metrics", "errors"],
  bench: ["runtime", "control", "load", "graph", "plan", "topology", "metrics", "protocol", "errors"],
  testing: ["bench", "runtime", "control", "load", "graph", "plan", "topology", "metrics", "protocol", "errors"],
  join: [
    "runtime",
    "control",
    "discovery",
    "transport",
    "graph",
    "plan",
    "topology",
    "protocol",
    "printable",
    "errors",
  ],
  runtime: ["control", "plan", "graph", "topology", "metrics", "protocol", "output", "errors"],
  control: ["plan", "metrics", "topology", "printable", "errors"],
  nodes: ["discovery", "load", "metrics", "plan", "transport", "topology", "protocol", "output", "printable", "errors"],
  discovery: ["transport", "topology", "errors"],
  transport: ["plan", "protocol", "errors"],
  plan: ["graph", "metrics", "topology", "errors"],
  graph: ["topology", "metrics", "errors"],
  load: ["metrics", "plan", "protocol", "topology", "errors"],
  metrics: ["errors"],
  topology: ["errors"],
  protocol: ["errors"],
  index: ["nodes"],
  output: [],
  printable: [],
  errors: [],
};

/** Each third-party package has one home. */
const HOMES: Record<string, readonly string[]> = {
  "@dagrejs/dagre": ["graph/render/svg"],
  "prom-client": ["metrics/prometheus"],
  zeromq: ["transport"],
  execa: ["runtime"],
  esbuild: ["runtime"],
  "@oclif/core": ["commands", "cli"],
  fastify: ["nodes/server"],
  "@fastify/cors": ["nodes/server"],
  "@fastify/send": ["nodes/server"],
  toml: ["topology"],
  croner: ["topology"],
  "toml-eslint-parser": ["topology"],
  "lossless-json": ["protocol"],
  "hdr-histogram-js": ["metrics"],
  undici: ["bench"],
  tinyqueue: ["nodes/proxy"],
  blessed: ["dashboard/screen.ts"],
  "string-width": ["dashboard"],
  piscina: ["nodes/worker"],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const imports = files.flatMap((file) => importsOf(file));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const pattern = /^(?:import|export)\s[^"=;(]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;
  return [...text.matchAll(pattern)].map((match) => ({ file, specifier: (match[1] ?? match[2] ?? match[3])! }));
}

/** `nodes/proxy/pool.ts` → `nodes`; `errors.ts` → `errors`. */
function folderOf(file: string): string {
  return file.split("/")[0]!.replace(/\.ts$/, "");
}

function targetOf({ file, specifier }: Import): string {
  return relative(SRC, resolve(SRC, dirname(file), specifier)).replace(/\.js$/, ".ts");
}

const relativeImports = imports.filter(({ specifier }) => specifier.startsWith("."));
const packageImports = imports.filter(({ specifier }) => !/^(\.|node:)/.test(specifier));

describe("the import rule", () => {
  it("knows every folder", () => {
    expect(Object.keys(MAY_IMPORT)).toEqual(expect.arrayContaining([...new Set(files.map(folderOf))]));
  });

  it("points down only", () => {
    const wrong = relativeImports.filter((each) => {
      const [from, to] = [folderOf(each.file), folderOf(targetOf(each))];
      return from !== to && !MAY_IMPORT[from]!.includes(to);
    });
    expect(wrong.map((each) => `${each.file} imports ${targetOf(each)}`)).toEqual([]);
  });

  it("gives each package one home", () => {
    const wrong = packageImports.filter(({ file, specifier }) => {
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      return !HOMES[name]?.some((home) => file === home || file.startsWith(`${home}/`));
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it("has no cycle between files", () => {
    const graph = new Map<string, string[]>(files.map((file) => [file, []]));
    for (const each of relativeImports) graph.get(each.file)!.push(targetOf(each));
    expect(findCycle(graph)).toBeUndefined();
  });

  it("lets the published surface load nothing of the command line, and no package", () => {
    const reached = reach("index.ts");
    expect(packageImports.filter(({ file }) => reached.has(file))).toEqual([]);
  });
});

function reach(start: string): Set<string> {
  const seen = new Set([start]);
  for (const file of seen) {
    for (const each of relativeImports) if (each.file === file) seen.add(targetOf(each));
  }
  return seen;
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
