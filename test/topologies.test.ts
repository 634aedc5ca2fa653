import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadGraph } from "../src/graph/load.js";
import { renderAscii } from "../src/graph/render/ascii.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A drawing, with the command that made it. */
const DRAWING = /^```console\n\$ npx zpipe graph (\S+)\n([\s\S]*?)^```$/gm;
const drawings = ["README.md", ...readmes()].flatMap((readme) =>
  [...readFileSync(join(ROOT, readme), "utf8").matchAll(DRAWING)].map(([, file, drawn]) => ({ readme, file, drawn })),
);

describe("what a README shows of a graph is what is drawn of it", () => {
  test.each(drawings)("$readme: $file", async ({ file, drawn }) => {
    const loaded = await loadGraph(join(ROOT, file!));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    expect(drawn!.trimEnd()).toBe(renderAscii(loaded.graph).trimEnd());
  });
});

function readmes(): string[] {
  const found = readdirSync(join(ROOT, "topologies")).map((name) => `topologies/${name}/README.md`);
  return found.filter((readme) => existsSync(join(ROOT, readme)));
}
