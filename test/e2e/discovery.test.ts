import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Snapshot } from "../../src/metrics/snapshot.js";
import { noHosts, TwoHosts } from "../helpers/hosts.js";
import { eventually, kill, type Program, World, type Zpipe } from "../helpers/zpipe.js";

const HELPERS = fileURLToPath(new URL("../helpers/", import.meta.url));

interface Seen {
  readonly answered: number;
  readonly wrong: readonly string[];
  /** Answers by worker. */
  readonly by: Readonly<Record<string, number>>;
}

/** Clients on the host of the topology. */
class Asker {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(host: readonly string[], url: string) {
    this.#child = launch(host, "asker.js", url, "6");
    this.#lines = createInterface({ input: this.#child.stdout! });
  }

  look(): Promise<Seen> {
    this.#child.stdin!.write("\n");
    return this.#line();
  }

  end(): Promise<Seen> {
    this.#child.stdin!.end();
    return this.#line();
  }

  /** Resolves when so many more have been answered, all of them right. */
  async more(count: number): Promise<Seen> {
    const { answered } = await this.look();
    return this.until((seen) => seen.answered >= answered + count);
  }

  /** Resolves when this has been seen, all answers up to then being right. */
  async until(holds: (seen: Seen) => boolean): Promise<Seen> {
    while (true) {
      const seen = await this.look();
      expect(seen.wrong).toEqual([]);
      if (holds(seen)) return seen;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #line(): Promise<Seen> {
    return new Promise((resolve) => this.#lines.once("line", (line) => resolve(JSON.parse(line) as Seen)));
  }
}

function launch([program, ...prefix]: readonly string[], helper: string, ...args: readonly string[]): ChildProcess {
  const argv = [...prefix, process.execPath, join(HELPERS, helper), ...args];
  const child = spawn(program!, argv, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Each host has its own copy of the project. */
function project(world: World): string {
  const [from, to] = [fileURLToPath(new URL(".", import.meta.url)), join(world.directory, "project")];
  for (const file of ["topologies/far.toml", "workers/far.ts"]) cpSync(join(from, file), join(to, file));
  return join(to, "topologies");
}

function remotes({ nodes }: Snapshot): readonly string[] {
  return nodes.filter(({ remote }) => remote).map(({ name }) => name);
}

function joinAs(world: World, folder: string, client: string, ...args: readonly string[]): Program {
  const key = join(folder, `${client}.key`);
  return world.start(
    "join",
    join(folder, "far.toml"),
    "--workers",
    "square=2",
    "--key",
    key,
    "--host",
    client,
    ...args,
  );
}

function killNode({ nodes }: Snapshot, name: string): void {
  kill(nodes.find((node) => node.name === name)!.pid!);
}

/** How often something was said so far. */
function times(program: Program, pattern: RegExp): number {
  return [...program.stdout.matchAll(new RegExp(pattern, "g"))].length;
}

test("workers of another host find a topology by its beacon and lose no job when cable, gate or proxy fail", {
  timeout: 240_000,
}, async (context) => {
  const why = noHosts();
  if (why !== undefined) context.skip(why);
  const hosts = new TwoHosts();
  onTestFinished(() => hosts.close());
  const near = new World(hosts.near);
  const far = new World(hosts.far);
  onTestFinished(() => Promise.all([near.close(), far.close()]).then(() => {}));
  const [here, there] = [project(near), project(far)];
  const keys = join(here, "keys");
  await near.json("keys", "init", keys, "--client", "one", "--client", "two", "--client", "stranger");
  for (const client of ["one", "stranger"]) cpSync(join(keys, `${client}.key`), join(there, `${client}.key`));
  cpSync(join(keys, "two.key"), join(here, "two.key"));
  const authorized = readFileSync(join(keys, "authorized"), "utf8");
  writeFileSync(join(keys, "authorized"), authorized.replace(/.* stranger\n/, ""));

  // Beacons of nobody are no hindrance.
  const rogue = launch(hosts.far, "rogue.js", "10.77.0.255");
  let zpipe: Zpipe = await near.up(join(here, "far.toml"));
  const one = joinAs(far, there, "one", "--json");
  const [, endpoint] = await one.says(/"type":"joined","endpoint":"(tcp:\/\/10\.77\.0\.1:\d+)"/);
  rogue.kill("SIGKILL");
  await zpipe.looks("the workers are there", (snapshot) => remotes(snapshot).length === 2);
  const { stages } = await zpipe.ps();
  expect(stages[0]!.workers).toMatchObject({ wanted: 0, ready: 0, remote: 2 });
  const asker = new Asker(hosts.near, zpipe.url);
  const { by } = await asker.more(100);
  expect(Object.keys(by).sort()).toEqual(["square@one.1", "square@one.2"]);

  const refused = await joinAs(far, there, "stranger", "--timeout", "4").ended;
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/refuses our key .*\n.*was not found/s)]);

  hosts.cut();
  await zpipe.looks("the workers are missed", (snapshot) => remotes(snapshot).length === 0);
  hosts.heal();
  await zpipe.looks("the workers are back", (snapshot) => remotes(snapshot).length === 2);
  await asker.more(100);
  expect((await zpipe.ps()).stages[0]!.redelivered).toBeGreaterThan(0);

  killNode(await zpipe.ps(), "square");
  await asker.more(100);
  const before = times(one, /"joined"/);
  killNode(await zpipe.ps(), "gate");
  await eventually("the new gate is found", () => times(one, /"joined"/) > before);
  await asker.more(100);

  // Whoever leaves leaves nothing behind, while others go on.
  const port = /:(\d+)$/.exec(endpoint!)![1]!;
  const [, newPort] = /.*"endpoint":"tcp:\/\/10\.77\.0\.1:(\d+)"/s.exec(one.stdout)!;
  expect(newPort).not.toBe(port);
  const two = joinAs(near, here, "two", "--from", `10.77.0.1:${newPort}`);
  await zpipe.looks("all four are there", (snapshot) => remotes(snapshot).length === 4);
  await asker.until(({ by }) => by["square@two.1"]! > 0);
  two.signal("SIGINT");
  expect((await two.ended).code).toBe(0);
  await zpipe.looks("two have gone", (snapshot) => remotes(snapshot).length === 2);
  await asker.more(50);
  expect((await asker.end()).wrong).toEqual([]);

  // The whole topology goes, and comes back elsewhere.
  expect((await zpipe.stop()).code).toBe(0);
  const finds = times(one, /"joined"/);
  zpipe = await near.up(join(here, "far.toml"));
  await eventually("the new run is found", () => times(one, /"joined"/) > finds);
  const again = new Asker(hosts.near, zpipe.url);
  await again.more(20);
  expect((await again.end()).wrong).toEqual([]);
  one.signal("SIGINT");
  expect((await one.ended).code).toBe(0);
  await far.deserted();
  await zpipe.looks("nobody is left", (snapshot) => remotes(snapshot).length === 0);
  expect((await zpipe.stop()).code).toBe(0);
});
