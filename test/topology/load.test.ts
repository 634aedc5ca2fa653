import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatDiagnostic, loadTopology } from "../../src/topology/load.js";
import { around } from "./support.js";

const folder = mkdtempSync(join(tmpdir(), "zpipe-topology-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function loadLines(file: string): Promise<readonly string[]> {
  const result = await loadTopology(file);
  return result.ok ? [] : result.diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, folder));
}

test("a file on disk is loaded, a byte order mark ignored", async () => {
  writeFileSync(join(folder, "good.toml"), `\uFEFF${around({ stage: 'run = "./w.ts"' })}`);
  writeFileSync(join(folder, "w.ts"), "");
  const result = await loadTopology(join(folder, "good.toml"));
  expect(result).toMatchObject({
    ok: true,
    topology: { name: "good", stages: [{ run: { path: join(folder, "w.ts") } }] },
  });
});

test("a file that is not there is a diagnostic", async () => {
  expect(await loadLines(join(folder, "none.toml"))).toEqual(["none.toml:1:1: file not found"]);
});

test("a directory is a diagnostic", async () => {
  mkdirSync(join(folder, "dir.toml"));
  expect(await loadLines(join(folder, "dir.toml"))).toEqual(["dir.toml:1:1: a directory, not a file"]);
});

test("text that is not UTF-8 is a diagnostic", async () => {
  writeFileSync(join(folder, "latin.toml"), Buffer.from([0x61, 0x3d, 0x22, 0xe9, 0x22]));
  expect(await loadLines(join(folder, "latin.toml"))).toEqual(["latin.toml:1:1: not UTF-8 text"]);
});

test("a directory is no worker module", async () => {
  mkdirSync(join(folder, "w.js"));
  writeFileSync(join(folder, "bad.toml"), around({ stage: 'run = "w.js"' }));
  expect(await loadLines(join(folder, "bad.toml"))).toEqual([
    `bad.toml:6:7: worker module not found: ${join(folder, "w.js")}`,
  ]);
});

test("a file name that cannot be the name of the topology is a mistake, unless the file gives one", async () => {
  writeFileSync(join(folder, "2 b.toml"), around({}));
  expect(await loadLines(join(folder, "2 b.toml"))).toEqual([
    '2 b.toml:1:1: the name of the file cannot be the name of the topology: a name is letters, digits, "_" and "-", beginning with a letter, at most 40 of them (begin the file with name = "…")',
  ]);
  writeFileSync(join(folder, "2 b.toml"), around({ top: 'name = "b2"' }));
  expect(await loadTopology(join(folder, "2 b.toml"))).toMatchObject({ ok: true, topology: { name: "b2" } });
});

test("a diagnostic's file is relative below the working directory only", () => {
  const diagnostic = { file: "/a/b/c.toml", line: 2, column: 3, message: "no", hint: undefined };
  expect(formatDiagnostic(diagnostic, "/a")).toBe("b/c.toml:2:3: no");
  expect(formatDiagnostic(diagnostic, "/a/x")).toBe("/a/b/c.toml:2:3: no");
});

test("a hint is appended: a question after a semicolon, an instruction in parentheses", () => {
  const diagnostic = { file: "/a.toml", line: 1, column: 1, message: "no" };
  expect(formatDiagnostic({ ...diagnostic, hint: 'did you mean "square"?' }, "/")).toBe(
    'a.toml:1:1: no; did you mean "square"?',
  );
  expect(formatDiagnostic({ ...diagnostic, hint: "write yes" }, "/")).toBe("a.toml:1:1: no (write yes)");
});
