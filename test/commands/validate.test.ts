import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../runtime/support.js";
import { DOUBLE, project, shell } from "./support.js";

test("validate says of a right topology what is in it", async () => {
  const file = project(DOUBLE);
  expect(await shell().zpipe("validate", file)).toEqual({
    code: 0,
    stdout: `${file}: ok (1 stage, 2 workers, 1 edge)\n`,
    stderr: "",
  });
});

test("validate tells of several files which are wrong, and ends with 2", async () => {
  const [right, wrong] = [project(DOUBLE), project(DOUBLE)];
  writeFileSync(wrong, 'nam = "demo"\n');
  const outcome = await shell().zpipe("validate", right, wrong);
  expect([outcome.code, outcome.stdout]).toEqual([2, expect.stringContaining(`${right}: ok`)]);
  expect(outcome.stderr).toContain(`${wrong}:1:1: `);
  const { stdout, code } = await shell().zpipe("validate", wrong, "--json");
  const { ok, files } = JSON.parse(stdout) as { ok: boolean; files: { diagnostics: unknown[] }[] };
  expect([code, ok]).toEqual([2, false]);
  expect(files[0]?.diagnostics[0]).toMatchObject({ file: wrong, line: 1, hint: 'did you mean "name"?' });
});

test.each([
  ["ascii", /work ×2/],
  ["mermaid", /flowchart/],
  ["dot", /^digraph/],
  ["json", /^\{/],
])("graph draws %s", async (format, pattern) => {
  const { code, stdout } = await shell().zpipe("graph", project(DOUBLE), "--format", format);
  expect([code, stdout]).toEqual([0, expect.stringMatching(pattern)]);
});

test("wrong flags end with 2, and with --json as an object", async () => {
  const { zpipe } = shell();
  expect(await zpipe("ps", "--nope")).toMatchObject({ code: 2, stdout: "" });
  const { code, stdout } = await zpipe("ps", "--nope", "--json");
  expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: "usage", exitCode: 2 } }]);
});

test("with --json an error is one line, as all else in JSON Lines", async () => {
  const { zpipe } = shell();
  const commands = [
    ["logs", "--name", "none"],
    ["events", "none"],
    ["join", "none.toml"],
  ];
  const outcomes = await Promise.all(commands.map((command) => zpipe(...command, "--json")));
  expect(outcomes.map(({ code, stderr, stdout }) => [code, stderr, stdout.split("\n").length])).toEqual([
    [3, "", 2],
    [3, "", 2],
    [2, "", 2],
  ]);
  expect(outcomes.map(({ stdout }) => JSON.parse(stdout).error.code)).toEqual([
    "run-not-found",
    "run-not-found",
    "invalid-topology",
  ]);
});

test("with --json an error of run is not among the lines that a sink has written", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "batch.toml");
  writeFileSync(
    file,
    '[sources.in]\nstdin = true\nto = "work"\n[stages.work]\ncommand = ["no-such-program-7"]\n[sinks.out]\nstdout = true\n[[edges]]\nfrom = "work"\nto = "out"\n',
  );
  const { code, stdout, stderr } = await shell().zpipe("run", file, "--json");
  expect([code, stdout]).toEqual([1, ""]);
  expect(JSON.parse(stderr.trimEnd().split("\n").at(-1)!)).toMatchObject({ error: { exitCode: 1 } });
});
