import { resolve } from "node:path";
import { formatDiagnostic } from "../../src/topology/diagnostic.js";
import type { FileReader } from "../../src/topology/files.js";
import { type LoadResult, loadTopology } from "../../src/topology/load.js";
import type { Topology } from "../../src/topology/types.js";

/** Files that exist only in a test, by their path below `/t`. */
export function inMemory(files: Readonly<Record<string, string>>): FileReader {
  const texts = new Map(Object.entries(files).map(([path, text]) => [resolve("/t", path), text]));
  return {
    read: (file) => {
      const text = texts.get(file);
      return text === undefined ? { ok: false, reason: "file not found" } : { ok: true, text };
    },
    exists: (file) => texts.has(file),
    isDirectory: (path) => [...texts.keys()].some((file) => file.startsWith(`${path}/`)),
  };
}

/** The topology of `/t/main.toml`, which must have no mistakes. */
export async function topologyOf(text: string, others: Readonly<Record<string, string>> = {}): Promise<Topology> {
  const result = await loadTopology("/t/main.toml", inMemory({ ...others, "main.toml": text }));
  if (!result.ok) throw new Error(lines(result).join("\n"));
  return result.topology;
}

/** The formatted diagnostics of `/t/main.toml`. */
export async function mistakesIn(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  return lines(await loadTopology("/t/main.toml", inMemory({ ...others, "main.toml": text })));
}

function lines(result: LoadResult): readonly string[] {
  return result.ok ? [] : result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, "/t"));
}

/** A topology without mistakes around one thing under test; `server` and `stage` go into their tables. */
export function around({
  top = "",
  server = "",
  route = "",
  stage = "",
  rest = "",
}: Partial<Record<Part, string>>): string {
  return [
    top,
    "[server]",
    server,
    "[[server.routes]]",
    route.includes("path =") ? "" : 'path = "/"',
    'to = "a"',
    route,
    "[stages.a]",
    stage.includes("run =") || stage.includes("command =") ? "" : 'command = ["work"]',
    stage,
    "[[edges]]",
    'from = "a"',
    'to = "server"',
    "loopback = true",
    rest,
  ]
    .filter((line) => line !== "")
    .join("\n");
}

type Part = "top" | "server" | "route" | "stage" | "rest";
