import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import type { Done, Output, Work } from "../../src/protocol/messages.js";
import { ForeignWorker, workersSocketOf } from "../helpers/foreign.js";
import { ask, Load, type Question } from "../helpers/http.js";
import { boundSockets } from "../helpers/sockets.js";
import { World, type Zpipe } from "../helpers/zpipe.js";

const MUTE = fileURLToPath(new URL("../helpers/mute-worker.js", import.meta.url));
/** `work` is the only stage of foreign.toml. */
const STAGE = 0;

const squareOf = (n: number): Question => ({ path: `/?n=${n}`, answer: { square: n * n } });

type AtEnd = TestContext["onTestFinished"];

async function start(atEnd: AtEnd, ...args: readonly string[]): Promise<{ zpipe: Zpipe; endpoint: string }> {
  const world = new World();
  atEnd(() => world.close());
  const zpipe = await world.up("foreign.toml", ...args);
  const { endpoint } = await workersSocketOf(STAGE, await boundSockets(zpipe));
  return { zpipe, endpoint };
}

function join(endpoint: string, credits: number, onWork: (work: Work, worker: ForeignWorker) => void): ForeignWorker {
  const worker = new ForeignWorker({ endpoint }, STAGE, credits, onWork);
  onTestFinished(() => worker.close());
  return worker;
}

function done({ slot, payload }: Work, fields: Partial<Output> = {}): Done {
  const { n } = JSON.parse(String(payload)) as { n: number };
  const square = JSON.stringify({ square: n * n });
  return {
    type: "done",
    service: 0,
    slot,
    credits: 2,
    outputs: [{ route: 0, edge: 0, meta: "", kind: 0, payload: square, ...fields }],
  };
}

/** They wait for a silence to be noticed most of the time: side by side they take half of it. */
describe.concurrent.each(["ipc", "tcp"])("a worker of somebody else, over %s", { timeout: 120_000 }, (transport) => {
  test("that stops with jobs in its hands loses them to the others, though its link is still there", async ({
    onTestFinished,
  }) => {
    const { zpipe, endpoint } = await start(onTestFinished, "--transport", transport);
    const mute = spawn(process.execPath, [MUTE, endpoint, String(STAGE), "4"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void mute.kill("SIGKILL"));
    const lines = createInterface({ input: mute.stdout });
    expect(await once(lines, "line")).toEqual(["welcome"]);
    const load = new Load(zpipe.url, 6, squareOf);
    expect(await once(lines, "line")).toEqual(["work"]);
    mute.kill("SIGSTOP");
    const stoppedAt = performance.now();
    // All that ask get their answer only when the jobs of the mute one have been given to the other.
    await load.stop();
    expect(load.wrong).toEqual([]);
    expect(performance.now() - stoppedAt).toBeLessThan(20_000);
    await zpipe.looks("only its own worker is left", ({ stages }) => stages[0]!.workers.idle === 1);
    expect((await zpipe.ps()).stages[0]!.redelivered).toBeGreaterThan(0);
  });
});

describe("workers of somebody else", { timeout: 120_000 }, () => {
  test("may answer twice, for others, and late, and may vanish: the first word of the right one counts", async () => {
    const { zpipe, endpoint } = await start(onTestFinished);
    const wrong = { payload: '"wrong"' };
    const worker = join(endpoint, 2, (work, self) => {
      // Given before this one: to another, or settled. The next may be its own.
      const other = { ...work, slot: (work.slot - 1) >>> 0 };
      self.say(done(work), done(work, wrong), done(other, wrong), {
        type: "failed",
        service: 0,
        slot: work.slot,
        credits: 2,
        message: "wrong",
        status: 500,
      });
    });
    const load = new Load(zpipe.url, 8, squareOf);
    await load.more(500);
    expect(load.wrong).toEqual([]);
    expect(worker.works.length).toBeGreaterThan(50);
    worker.close();
    // Takes all that there is, and is gone with it.
    for (let i = 0; i < 5; i++) {
      const thief = join(endpoint, 0xffff, (_, self) => self.close());
      await thief.welcomed;
      await load.more(50);
      expect(thief.works.length).toBeGreaterThan(0);
    }
    await load.stop();
    expect(load.wrong).toEqual([]);
    await zpipe.looks("it is at rest", ({ stages: [work] }) => work!.depth + work!.inFlight === 0);
    expect((await zpipe.ps()).nodes.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
  });

  test("that say what makes no sense of their answers are told off to their clients, and to nobody else", async () => {
    const { zpipe, endpoint } = await start(onTestFinished);
    const bad = [
      ...["{", "[]", "7", "null", '"x"', '{"status":99}', '{"status":"200"}', '{"status":1e9}', '{"status":101}'],
      '{"headers":{"a b":"c"}}',
      '{"headers":{"x":"a\\r\\nset-cookie: b"}}',
      '{"headers":{"x":{"toString":1}}}',
      '{"headers":{"":"x"}}',
    ].map((meta): Partial<Output> => ({ route: 2, meta }));
    bad.push({ route: 1, edge: 9 }, { route: 3, edge: 0xffff }, { route: 4, edge: 1 });
    let given = 0;
    const worker = join(endpoint, 2, (work, self) => {
      self.say(done(work, bad[given++]));
    });
    await worker.welcomed;
    let refused = 0;
    for (let n = 0; given < bad.length; n++) {
      const answers = await Promise.all([n, n, n].map((each) => ask(`${zpipe.url}/?n=${each}`)));
      for (const { status, headers, json } of answers) {
        if (status === 200) expect(json).toEqual({ square: n * n });
        else {
          refused++;
          expect([status, headers["set-cookie"], json]).toEqual([500, undefined, expect.objectContaining({ status })]);
        }
      }
    }
    expect(refused).toBeGreaterThanOrEqual(bad.length);
    expect((await zpipe.ps()).nodes.map(({ restarts }) => restarts)).toEqual([0, 0, 0]);
  });
});
