import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Screen, terminalWorld } from "../helpers/terminal.js";
import { EXAMPLES, type Program, World } from "../helpers/zpipe.js";

test("zpipe top shows a run in a terminal, scales it, and gives the terminal back", async () => {
  const world = new World();
  onTestFinished(() => world.close());
  const zpipe = await world.up(join(EXAMPLES, "euler6.toml"), "--placement", "hub");
  const terminals = terminalWorld(world.directory);
  onTestFinished(() => terminals.close());

  // By the key.
  const first = terminals.start("top", zpipe.name);
  const screen = new Screen(first);
  await screen.shows(/STAGE .*THROUGHPUT/);
  await screen.shows(/› sum +0 +2 /);
  expect(await screen.text()).toContain("│ difference ×1 │");
  expect([screen.alternate, screen.cursor]).toEqual([true, false]);
  first.write("+");
  await zpipe.looks("sum has three workers", ({ stages }) => stages[0]!.workers.ready === 3);
  await screen.shows(/› sum +0 +3 /);
  first.write("?");
  await screen.shows(/quit/);
  first.write("qq");
  await isGivenBack(first, screen, 0);

  // By a signal.
  const second = terminals.start("top", zpipe.name);
  const another = new Screen(second);
  await another.shows(/› sum +0 +3 /);
  process.kill(pidOf(world, "top", zpipe.name), "SIGTERM");
  await isGivenBack(second, another, 143);

  // What nobody reads any more is not drawn any more.
  const pipe = `export XDG_RUNTIME_DIR=${world.directory}; "$@" | head -n 1`;
  const piped = new World(["bash", "-c", pipe, "bash"]);
  onTestFinished(() => piped.close());
  const { stdout } = await piped.run("graph", "--live", zpipe.name, "--watch");
  expect(stdout).toMatch(/^\S+: running for .*\n$/);

  // Without a terminal there is no dashboard, but the numbers.
  const refused = await world.run("top", zpipe.name);
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("--once");
  const once = await world.json<{ stages: readonly { name: string }[] }>("top", "--once", zpipe.name);
  expect(once.stages.map(({ name }) => name)).toEqual(["sum", "square", "difference"]);
});

test("zpipe up --top gives the terminal back when it is made to quit, and is refused what its nodes need", async () => {
  const world = new World();
  onTestFinished(() => world.close());
  const terminals = terminalWorld(world.directory);
  onTestFinished(() => terminals.close());

  const refused = terminals.start("up", join(EXAMPLES, "collatz.toml"), "--top");
  const talk = new Screen(refused);
  await isGivenBack(refused, talk, 2);
  expect(await talk.text()).toContain("leaves no terminal for a dashboard");

  const euler6 = join(EXAMPLES, "euler6.toml");
  const program = terminals.start("up", euler6, "--top", "--placement", "hub", "--listen", "http://127.0.0.1:0");
  const screen = new Screen(program);
  await screen.shows(/› sum +0 +2 /);
  process.kill(pidOf(world, "up", "--top"), "SIGQUIT");
  await isGivenBack(program, screen, 131);
});

async function isGivenBack(program: Program, screen: Screen, code: number): Promise<void> {
  await screen.shows(new RegExp(`code ${code}$`, "m"));
  const text = await screen.text();
  const [, before] = /^was (.*)$/m.exec(text)!;
  const [, after] = /^now (.*)$/m.exec(text)!;
  expect(after).toBe(before);
  expect([screen.alternate, screen.cursor]).toEqual([false, true]);
  program.end();
}

function pidOf(world: World, ...words: readonly string[]): number {
  const runs = (pid: number) => {
    const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return program!.endsWith("node") && words.every((word) => args.includes(word));
  };
  return world.survivors().find(runs)!;
}
