import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DOUBLE, project, shell } from "./support.js";

/** What `zpipe up` says last, and its exit code. */
async function up(file: string): Promise<{ code: number | null; error: string }> {
  const { code, stderr } = await shell().zpipe("up", file);
  return { code, error: stderr.slice(stderr.indexOf("\nError: ") + 1) };
}

/** The same project, whose worker is a command of its own. */
function withCommand(argv: readonly string[]): string {
  const file = project(DOUBLE);
  writeFileSync(file, readFileSync(file, "utf8").replace('run = "./worker.mjs"', `command = ${JSON.stringify(argv)}`));
  return file;
}

describe("what cannot be started", { timeout: 180_000 }, () => {
  test.each([
    ["no default export", "export const double = (n) => n * 2;", /worker\.mjs has no default export .*\n {2}Write: /],
    [
      "a missing package",
      'import "left-padd"; export default () => 1;',
      /'left-padd'.*\n {2}Run `npm install left-padd`/,
    ],
    ["a syntax error", "export default () => {\n  const = 3;\n};", /worker\.mjs:2: SyntaxError: Unexpected token/],
  ])("is tried once and told with its remedy: %s", async (_, worker, said) => {
    const { code, error } = await up(project(worker));
    expect([code, error]).toEqual([1, expect.stringMatching(said)]);
    expect(error.trim().split("\n").length).toBeLessThanOrEqual(2);
  });

  test("has the place of a syntax error in what it imports", async () => {
    const file = project('import { half } from "./half.mjs";\nexport default half;');
    writeFileSync(join(file, "..", "half.mjs"), "export const half = 1;\n\nlet let = 2;\n");
    expect(await up(file)).toMatchObject({ code: 1, error: expect.stringMatching(/half\.mjs:3: SyntaxError/) });
  });

  test("is a program that is not there", async () => {
    const { code, error } = await up(withCommand(["no-such-program-7", "x"]));
    expect(code).toBe(1);
    expect(error).toMatch(
      /^Error: cannot start no-such-program-7 x: .*ENOENT\n {2}`command` in \[stages\.work\] must name /,
    );
  });

  test("is a module that throws while it loads: its place is told, without frames of zpipe or Node", async () => {
    const { code, error } = await up(project("\nJSON.parse('{');\nexport default () => 1;"));
    expect([code, error]).toEqual([1, expect.stringMatching(/SyntaxError[\s\S]*worker\.mjs:2:6/)]);
    expect(error).not.toMatch(/node:|dist\//);
  });

  test("is a program that ends at once, three times: its last words are in the error and in the log", async () => {
    const file = withCommand(["node", "-e", "throw new TypeError('no tiles')"]);
    const { zpipe } = shell();
    const { code, stderr } = await zpipe("up", file);
    expect(code).toBe(1);
    // Either of the two workers may be the first to have failed so often; the other is ended in the midst of it.
    const failed =
      /Error: (work\.\d) could not be started: its program ended with exit code 1 before its first job/.exec(stderr);
    expect(failed, stderr).not.toBeNull();
    expect(stderr.slice(failed!.index)).toContain("TypeError: no tiles");
    const { stdout } = await zpipe("logs", failed![1]!, "--grep", "TypeError");
    expect(stdout.match(/TypeError: no tiles/g)).toHaveLength(3);
  });
});
