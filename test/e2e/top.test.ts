import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Screen, terminalWorld } from "../helpers/terminal.js";
import { EXAMPLES, type Program, World, type Zpipe } from "../helpers/zpipe.js";

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
  process.kill(pidOfTop(world, zpipe), "SIGTERM");
  await isGivenBack(second, another, 143);

  // Without a terminal there is no dashboard, but the numbers.
  const refused = await world.run("top", zpipe.name);
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("--once");
  const once = await world.json<{ stages: readonly { name: string }[] }>("top", "--once", zpipe.name);
  expect(once.stages.map(({ name }) => name)).toEqual(["sum", "square", "difference"]);
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

function pidOfTop(world: World, { name }: Zpipe): number {
  const isTop = (pid: number) => {
    const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return program!.endsWith("node") && args.includes("top") && args.includes(name);
  };
  return world.survivors().find(isTop)!;
}
