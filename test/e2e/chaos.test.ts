import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { NodeSnapshot } from "../../src/metrics/snapshot.js";
import { ask, Load, type Question } from "../helpers/http.js";
import { kill, World, type Zpipe } from "../helpers/zpipe.js";

function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.close());
  return world;
}

const CLIENTS = 12;
const STAGES = ["walk", "split", "part", "sum", "end"];

/** The n-th question to chaos.toml: a job that walks a loop, is scattered, and is joined twice. */
function chaosQuestion(n: number): Question {
  const products = Array.from({ length: n % 5 }, (_, i) => n * i);
  return { path: `/?n=${n}`, answer: { n, own: true, products } };
}

/** Disturbs a run under load, and then looks whether anybody has noticed. */
async function undisturbed(
  transport: "ipc" | "tcp",
  disturb: (zpipe: Zpipe, load: Load) => Promise<void>,
): Promise<Zpipe> {
  const zpipe = await newWorld().up("chaos.toml", "--transport", transport);
  const load = new Load(zpipe.url, CLIENTS, chaosQuestion);
  await load.more(100);
  await disturb(zpipe, load);
  await load.more(100);
  await load.stop();
  expect(load.wrong).toEqual([]);
  // Each was answered once, and the run is whole again and at rest.
  expect((await zpipe.ps()).server).toMatchObject({ pending: 0, requests: load.asked, statuses: { 200: load.asked } });
  await zpipe.looks("every worker is back, and nothing is left in the graph", ({ nodes, stages }) => {
    const whole =
      nodes.every(({ state }) => state === "running") &&
      stages.every(({ workers }) => workers.ready === workers.wanted);
    return whole && stages.every(({ depth, inFlight, gathering }) => depth + inFlight + gathering === 0);
  });
  return zpipe;
}

async function killOne(zpipe: Zpipe, chosen: (node: NodeSnapshot) => boolean, turn: number): Promise<void> {
  const { nodes } = await zpipe.ps();
  const victims = nodes.filter((node) => node.state === "running" && node.pid !== undefined && chosen(node));
  if (victims.length > 0) kill(victims[(turn * 7) % victims.length]!.pid!);
}

const isWorker = (node: NodeSnapshot) => node.kind === "worker";
const isProxyOf = (stage: string) => (node: NodeSnapshot) => node.kind === "proxy" && node.name === stage;

async function scaled(zpipe: Zpipe, ...changes: readonly string[]): Promise<void> {
  const { code, stderr } = await zpipe.scale(...changes);
  expect([code, stderr]).toEqual([0, ""]);
}

describe("under load, every client gets the right answer once", { timeout: 180_000 }, () => {
  test("while workers are killed", async () => {
    await undisturbed("ipc", async (zpipe, load) => {
      for (let turn = 0; turn < 6; turn++) {
        await killOne(zpipe, isWorker, turn);
        await load.more(60);
      }
    });
  });

  test("while pools are scaled up and down", async () => {
    const zpipe = await undisturbed("tcp", async (zpipe, load) => {
      for (const changes of [
        ["walk", "4", "part", "+2"],
        ["walk", "1"],
        ["part", "-1", "split=1", "end", "3"],
        ["end", "-2", "walk", "+1"],
      ]) {
        await scaled(zpipe, ...changes);
        await load.more(60);
      }
    });
    const { stages } = await zpipe.ps();
    expect(Object.fromEntries(stages.map(({ name, workers }) => [name, workers.wanted]))).toEqual({
      walk: 2,
      split: 1,
      part: 3,
      sum: 1,
      end: 1,
    });
  });

  test("while proxies are killed", async () => {
    await undisturbed("ipc", async (zpipe, load) => {
      for (const stage of STAGES) {
        await killOne(zpipe, isProxyOf(stage), 0);
        await load.more(60);
      }
    });
  });

  test("while workers and proxies are killed and pools are scaled, all at once", async () => {
    await undisturbed("tcp", async (zpipe, load) => {
      const workers = async () => {
        for (let turn = 0; turn < 5; turn++) {
          await killOne(zpipe, isWorker, turn);
          await load.more(40);
        }
      };
      const proxies = async () => {
        for (const stage of ["part", "end"]) {
          await killOne(zpipe, isProxyOf(stage), 0);
          await load.more(80);
        }
      };
      const pools = async () => {
        await scaled(zpipe, "walk", "4", "part", "4");
        await scaled(zpipe, "walk", "-3", "part", "1", "sum", "+1");
        await scaled(zpipe, "walk", "2", "part", "2", "sum", "1");
      };
      await Promise.all([workers(), proxies(), pools()]);
    });
  });

  test("while others send jobs that kill their workers, and get a 500 each", async () => {
    const zpipe = await newWorld().up("poison.toml");
    const load = new Load(zpipe.url, CLIENTS, (n) => ({ path: `/?n=${n}`, answer: { square: n * n } }));
    await load.more(100);
    for (const n of [-1, -2]) {
      const { status, json } = await ask(`${zpipe.url}/?n=${n}&poison=true`);
      expect([status, json]).toEqual([500, expect.objectContaining({ stage: "work" })]);
      await load.more(100);
    }
    await load.stop();
    expect(load.wrong).toEqual([]);
    // It is charged with as many deaths as max_attempts says. At first it cannot be told apart from what is with it in
    // its worker's hands, and each worker may have begun it before it was recalled.
    for (const n of [-1, -2]) {
      const attempts = [...zpipe.program.stderr.matchAll(new RegExp(`poisoned by ${n}, attempt (\\d+)`, "g"))];
      const [first, ...later] = ["1", "2", "3", "4"].map(
        (attempt) => attempts.filter((each) => each[1] === attempt).length,
      );
      expect([1, 2, 3, 4]).toContain(first);
      expect(later).toEqual([1, 1, 0]);
    }
  });
});

describe("processes", { timeout: 180_000 }, () => {
  test("of a run whose worker cannot start all end, and `up` ends with 1 and the worker's own words", async () => {
    const world = newWorld();
    const { code, stdout, stderr } = await world.run("up", topology("broken.toml"), "--name", "broken");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("looks for the licence");
    expect(stderr).toContain("no licence for this machine");
    expect(world.survivors()).toEqual([]);
    expect((await world.run("ps", "--name", "broken")).code).toBe(3);
  });

  test("do not survive a supervisor that is killed, not even those that spin", async () => {
    const world = newWorld();
    const zpipe = await world.up("spin.toml");
    const asked = Promise.allSettled([ask(zpipe.url), ask(zpipe.url), ask(`${zpipe.url}/sleep`)]);
    await zpipe.says(/spins.*spins/s);
    // Supervisor, guardian, server, two proxies, three workers, a program and its child.
    expect(world.survivors().length).toBeGreaterThanOrEqual(9);
    zpipe.program.signal("SIGKILL");
    await world.deserted();
    expect((await asked).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    const again = await world.up("spin.toml", "--name", zpipe.name);
    expect(again.name).toBe(zpipe.name);
  });

  test("of workers that leave do so even if their proxy dies meanwhile", { timeout: 180_000 }, async () => {
    const world = newWorld();
    const zpipe = await world.up("busy.toml", "--workers", "hold=2");
    const file = join(world.directory, "go");
    const asked = [1, 2].map(() => ask(`${zpipe.url}/?until=${file}`));
    await zpipe.says(/holds for .*holds for /s);
    const scaling = zpipe.scale("hold", "1");
    await zpipe.looks("one worker is leaving", ({ nodes }) => nodes.some(({ state }) => state === "draining"));
    await killOne(zpipe, isProxyOf("hold"), 0);
    // The requests are sent again, to whoever is left.
    await zpipe.says(/(holds for .*){4}/s);
    writeFileSync(file, "");
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await scaling).toMatchObject({ code: 0, stderr: "" });
    const { nodes } = await zpipe.ps();
    expect(nodes.map(({ name }) => name)).toEqual(["server", "hold", "hold.1"]);
  });

  test("of workers may say to their parent what they like", async () => {
    const zpipe = await newWorld().up("talkative.toml");
    expect((await ask(zpipe.url)).status).toBe(200);
    expect((await ask(zpipe.url)).status).toBe(200);
    expect((await zpipe.stop()).code).toBe(0);
  });

  test.each(["separate", "hub"])("of a server that is killed come back at its address, %s", async (placement) => {
    const zpipe = await newWorld().up("chaos.toml", "--placement", placement);
    await killOne(zpipe, ({ kind }) => kind === "server", 0);
    await zpipe.looks("it is there again", ({ nodes }) => nodes.every(({ state }) => state === "running"));
    const load = new Load(zpipe.url, CLIENTS, chaosQuestion);
    await load.more(100);
    await load.stop();
    expect(load.wrong).toEqual([]);
  });

  test("of a run that is interrupted while it starts have no request to wait for", async () => {
    const world = newWorld();
    const slow = join(world.directory, "slow.cjs");
    writeFileSync(slow, 'console.log("is slow"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);');
    const file = join(world.directory, "slow.toml");
    const worker = join(import.meta.dirname, "workers", "double.js");
    writeFileSync(file, slowTopology(worker, slow));
    const up = world.start("up", file);
    await up.says(/is slow/);
    up.signal("SIGINT");
    expect((await up.ended).code).toBe(0);
    expect(world.survivors()).toEqual([]);
  });

  test("of a run that goes down answer first what was taken, and `up` and `down` end with 0", async () => {
    const world = newWorld();
    const zpipe = await world.up("busy.toml");
    const file = join(world.directory, "go");
    const asked = [ask(`${zpipe.url}/?until=${file}`), ask(`${zpipe.url}/?until=${file}`)];
    await zpipe.says(/holds for .*holds for /s);
    const down = world.run("down", zpipe.name, "-t", "20", "--json");
    await zpipe.looks("it drains", ({ run }) => run.state === "draining");
    await expect(
      ask(`${zpipe.url}/?until=${file}`).then(
        ({ status }) => status,
        () => 503,
      ),
    ).resolves.toBe(503);
    writeFileSync(file, "");
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200]);
    const { code, stdout } = await down;
    expect([code, JSON.parse(stdout)]).toEqual([0, { stopped: [{ name: zpipe.name, clean: true, unanswered: 0 }] }]);
    expect((await zpipe.program.ended).code).toBe(0);
    expect(world.survivors()).toEqual([]);
  });

  test("are killed by the second interrupt, which ends `up` with 130", async () => {
    const world = newWorld();
    const zpipe = await world.up("spin.toml");
    const asked = ask(zpipe.url).catch(() => "broken off");
    await zpipe.says(/spins/);
    zpipe.program.signal("SIGINT");
    await zpipe.says(/waiting for 1 request/);
    const { code } = await zpipe.stop();
    expect([code, await asked, world.survivors()]).toEqual([130, "broken off", []]);
  });

  test("of two runs of one topology have nothing to do with each other; a name is given once", async () => {
    const world = newWorld();
    const [one, two] = await Promise.all([
      world.up("poison.toml", "--name", "one"),
      world.up("poison.toml", "--name", "two"),
    ]);
    const refused = await world.run("up", topology("poison.toml"), "--name", "one", "--listen", "http://127.0.0.1:0");
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining(`"one" is already running (pid ${one.pid})`),
    ]);
    const ambiguous = await world.run("scale", "work", "1");
    expect([ambiguous.code, ambiguous.stderr]).toEqual([2, expect.stringContaining("one, two")]);

    await scaled(one, "work", "1");
    expect((await two.ps()).stages[0]!.workers.wanted).toBe(3);
    expect((await one.stop()).code).toBe(0);
    expect((await ask(`${two.url}/?n=9`)).json).toEqual({ square: 81 });
    expect((await two.stop()).code).toBe(0);
    expect(world.survivors()).toEqual([]);
  });
});

/** Its worker does not even begin to load. */
function slowTopology(worker: string, first: string): string {
  return `
[server]
listen = "http://127.0.0.1:0"
[[server.routes]]
path  = "/"
query = { n = "integer" }
to    = "work"
[stages.work]
run = ${JSON.stringify(worker)}
env = { NODE_OPTIONS = "--require ${first}" }
[[edges]]
from     = "work"
to       = "server"
loopback = true
`;
}

function topology(file: string): string {
  return join(import.meta.dirname, "topologies", file);
}
