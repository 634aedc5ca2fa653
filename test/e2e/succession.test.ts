import { afterAll, describe, expect, test } from "vitest";
import type { SourceSnapshot } from "../../src/metrics/snapshot.js";
import { jobs, Place } from "../helpers/place.js";
import { eventually, kill, World } from "../helpers/zpipe.js";

const world = new World();
afterAll(() => world.close());

const GRAPH = `
[stages.work]
run         = "WORKERS/batch.ts"
# Room for jobs that are sent again while those that were sent before wait at a gate.
concurrency = 400
env         = { MENDED = "HERE/mended" }
[sinks.out]
file = "out.jsonl"
[[edges]]
from = "work"
to   = "out"
`;

const snapshotOf = (place: Place) => world.ps(place.name);

async function sourceOf(place: Place, name: string): Promise<SourceSnapshot> {
  return (await snapshotOf(place)).sources.find((source) => source.name === name)!;
}

/** Resolves when the run is there to be asked. */
function isThere(place: Place): Promise<void> {
  return world.looks(place.name, "the run is there", () => true);
}

const written = (place: Place) => place.lines("out.jsonl").map((line) => (JSON.parse(line) as { n: number }).n);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe("a source after another", { timeout: 180_000 }, () => {
  const place = new Place(
    world,
    `
[sources.second]
file       = "second.jsonl"
to         = "work"
after      = ["first"]
checkpoint = "second.progress"
[sources.first]
file       = "first.jsonl"
to         = "work"
checkpoint = "first.progress"
${GRAPH}`,
  );

  /** How far it has come is written down four times a second. */
  const isWritten = (source: string, floor: number) =>
    eventually(`the checkpoint of ${source} is at ${floor}`, () => {
      const file = `${source}.progress`;
      return place.has(file) && place.text(file).includes(`"floor":${floor},`);
    });

  test("reads when all that the first has made is done, whichever of their processes dies", async () => {
    // All are dispatched at once, and the last ten wait for the gate.
    place.write(
      "first.jsonl",
      jobs(100, (n) => (n <= 90 ? { n } : { n, until: place.file("one") })),
    );
    place.write(
      "second.jsonl",
      jobs(100, (i) => (i <= 60 ? { n: 100 + i } : { n: 100 + i, until: place.file("two") })),
    );
    const run = world.start("run", place.topology, "--name", place.name);
    await isThere(place);
    await eventually("the gate is reached", async () => (await sourceOf(place, "first")).pending === 10);
    const before = await snapshotOf(place);
    expect(before.sources).toMatchObject([
      { name: "second", state: "waiting", after: ["first"], done: 0, pending: 0 },
      { name: "first", state: "read", done: 90 },
    ]);
    expect((await world.run("ps", place.name)).stdout).toContain("second: waiting (after first)");
    await isWritten("first", 90);
    for (const node of before.nodes.filter(({ kind }) => kind === "source")) kill(node.pid!);
    await eventually("both are back", async () => {
      const { nodes, sources } = await snapshotOf(place);
      const back = nodes.filter(
        ({ kind, restarts, state }) => kind === "source" && restarts === 1 && state === "running",
      );
      return back.length === 2 && sources.every(({ name, pending }) => name === "second" || pending === 10);
    });
    expect((await sourceOf(place, "second")).state).toBe("waiting");
    expect(Math.max(...written(place))).toBe(90);
    place.write("one", "");
    await eventually("the second has come to its gate", async () => (await sourceOf(place, "second")).done === 60);
    await isWritten("second", 60);
    // The first is not to read again, nor the second to wait again.
    for (const node of (await snapshotOf(place)).nodes.filter(({ kind }) => kind === "source")) kill(node.pid!);
    await eventually("they are back again", async () => {
      const { sources } = await snapshotOf(place);
      return sources[0]!.pending === 40 && sources[1]!.state === "finished" && sources[1]!.done === 100;
    });
    run.signal("SIGKILL");
    await run.ended;
    await eventually("nothing of the run is left", () => world.survivors().length === 0);

    place.write("two", "");
    const { code, stderr } = await world.run("run", place.topology, "--name", place.name);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/200 jobs done/)]);
    const all = written(place);
    expect(all.slice(0, 100).sort((a, b) => a - b)).toEqual(upTo(100));
    expect([...all].sort((a, b) => a - b)).toEqual(upTo(200));
    expect([place.has("first.progress"), place.has("second.progress")]).toEqual([false, false]);
  });
});

describe("when jobs of the first have failed", { timeout: 180_000 }, () => {
  const place = new Place(
    world,
    `
[sources.first]
file = "first.jsonl"
to   = "work"
[sources.second]
file  = "second.jsonl"
to    = "work"
after = "first"
[sources.third]
file             = "third.jsonl"
to               = "work"
after            = ["second"]
despite_failures = true
[sources.fourth]
file  = "third.jsonl"
to    = "work"
after = ["second", "third"]
${GRAPH}`,
  );
  place.write("first.jsonl", '{"n":1}\n{"n":2,"how":"refuse"}\n');
  place.write("second.jsonl", '{"n":11}\n');
  place.write("third.jsonl", '{"n":21}\n');

  test("the second is not started, which is told, unless it is to start despite failures", async () => {
    const { code, stderr, stdout } = await world.run("run", place.topology, "--name", place.name, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      done: 2,
      failed: 1,
      failures: [{ job: "line 2" }],
      skipped: [
        { source: "second", because: [{ source: "first", failed: 1 }] },
        { source: "fourth", because: [{ source: "second", failed: 0 }] },
      ],
    });
    expect(stderr).toBe("");
    expect(written(place).sort((a, b) => a - b)).toEqual([1, 21]);
  });

  test("the second starts when they were sent again and are done", async () => {
    place.write("out.jsonl", "");
    // Of another name: the dead letters of the run above are not its own.
    const name = `${place.name}-up`;
    const run = world.start("up", place.topology, "--name", name);
    await world.looks(name, "the run is there", () => true);
    const sources = async () => (await world.ps(name)).sources;
    const states = async () => (await sources()).map(({ state }) => state);
    const letters = () => world.json<{ id: string }[]>("dead-letters", name);
    const passedOver = ["finished", "skipped", "finished", "skipped"];
    await eventually("two are passed over", async () => `${await states()}` === `${passedOver}`);
    const [letter] = await letters();
    await world.run("dead-letters", name, "--resend");
    await eventually("it has failed again", async () => (await letters()).some(({ id }) => id !== letter!.id));
    await eventually("the first is finished again", async () => `${await states()}` === `${passedOver}`);
    // It is the one failure that it was.
    expect((await sources())[0]).toMatchObject({ done: 1, failed: 1 });
    place.write("mended", "");
    await world.run("dead-letters", name, "--resend");
    await eventually("the last has finished", async () => (await states()).every((state) => state === "finished"));
    expect((await sources()).map(({ done, failed }) => [done, failed])).toEqual([
      [2, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
    expect(await letters()).toEqual([]);
    run.signal("SIGINT");
    expect((await run.ended).code).toBe(0);
  });
});
