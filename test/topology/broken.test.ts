import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadGraph } from "../../src/graph/load.js";
import { formatDiagnostic } from "../../src/topology/load.js";

const folder = join(import.meta.dirname, "../fixtures/broken");
const names = readdirSync(folder).filter((name) => name.endsWith(".toml"));

describe("a broken file gets exactly the diagnostics written beside it", () => {
  test.each(names)("%s", async (name) => {
    const result = await loadGraph(join(folder, name));
    const found = result.ok ? [] : result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, folder));
    const expected = readFileSync(join(folder, name.replace(/\.toml$/, ".txt")), "utf8");
    expect(`${found.join("\n").replaceAll(folder, "FOLDER")}\n`).toBe(expected);
  });
});
