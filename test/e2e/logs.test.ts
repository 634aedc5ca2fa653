import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { LifecycleEvent, LogEntry } from "../../src/control/types.js";
import { ask } from "../helpers/http.js";
import { World } from "../helpers/zpipe.js";

const LINES = 4000;

test("a log is whole and in order, live and afterwards; events tell of all that happened", {
  timeout: 180_000,
}, async () => {
  const world = new World();
  onTestFinished(() => world.close());
  // A file has an eighth of it: some are turned over, none is removed.
  const { name, url, program } = await world.up("loud.toml", "--log-size", "2MiB");
  const follower = world.start("logs", "--name", name, "--follow", "--json");
  const watcher = world.start("events", name, "--json");
  await Promise.all([follower.says(/"running"/), watcher.says(/"running"/)]);

  const answers = await Promise.all([1, 2].map(() => ask(`${url}/?lines=${LINES}`)));
  expect(answers.map(({ json }) => json).sort()).toEqual(["work.1", "work.2"]);
  expect((await ask(`${url}/?lines=0&die=true`)).status).toBe(200);
  await watcher.says(/"kind":"restarted".*\n(.*\n)*.*"kind":"ready"/);
  program.signal("SIGINT");
  expect((await program.ended).code).toBe(0);

  const [followed, watched] = await Promise.all([follower.ended, watcher.ended]);
  expect([followed.code, followed.stderr, watched.code, watched.stderr]).toEqual([0, "", 0, ""]);
  expect(readdirSync(join(world.directory, "state", "zpipe", name, "log")).length).toBeGreaterThan(2);
  const entries = parse<LogEntry>(followed.stdout);
  for (const worker of ["work.1", "work.2"]) {
    const printed = entries.filter(({ node, stream }) => node === worker && stream === "stdout");
    const wanted = Array.from({ length: LINES }, (_, i) => `${worker} says ${i} ${"=".repeat(80)}`);
    expect(printed.map(({ text }) => text)).toEqual(wanted);
  }
  const events = parse<LifecycleEvent>(watched.stdout);
  expect(events.map(({ number }) => number)).toEqual(events.map((_, i) => i + 1));
  const death = events.find((event) => event.kind === "died")!;
  expect(death).toMatchObject({ exitCode: 3, stderr: ["this is \u001b[31mthe end\u0007", "of it"] });
  const kinds = events.flatMap((event) => ("node" in event && event.node === death.node ? [event.kind] : []));
  expect(kinds).toEqual(["started", "ready", "died", "restarted", "ready", "exited"]);
  expect(events.at(-1)).toMatchObject({ kind: "ended", clean: true });

  // The run has ended: its log is still there.
  const again = await world.run("logs", "--name", name, "--json");
  expect(again.stdout === followed.stdout).toBe(true);
  const last = await world.run("logs", death.node, "zpipe", "--name", name, "--level", "warn", "--grep", "end|unexp");
  expect(last.stdout.replace(/^[\d:.]+ /gm, "")).toBe(
    `${death.node} this is the end\\x07\nzpipe error ${death.node} exited unexpectedly (exit code 3); starting it again in 100 ms\n`,
  );
});

for (const placement of ["separate", "inline"]) {
  test(`all that workers print when they end is there, in whole lines (${placement})`, {
    timeout: 180_000,
  }, async () => {
    const world = new World();
    onTestFinished(() => world.close());
    const { name, url, program } = await world.up("farewell.toml", "--placement", placement);
    expect((await ask(url)).status).toBe(200);
    program.signal("SIGINT");
    expect((await program.ended).code).toBe(0);

    const { stdout } = await world.run("logs", "--name", name, "--json");
    const printed = new Map<string, number[]>();
    const others: string[] = [];
    for (const { stream, text } of parse<LogEntry>(stdout)) {
      const [, worker, number] = /^(\S+) says (\d+) =+$/.exec(text) ?? [];
      if (worker !== undefined) printed.set(worker, [...(printed.get(worker) ?? []), Number(number)]);
      else if (stream !== undefined) others.push(text);
    }
    expect(others).toEqual([]);
    const counting = (length: number) => Array.from({ length }, (_, i) => i);
    for (const worker of ["module.1", "module.2"]) expect(printed.get(worker), worker).toEqual(counting(800));
    for (let i = 1; i <= 12; i++) expect(printed.get(`program.${i}`), `program.${i}`).toEqual(counting(60));
    // Both threads bear the name of their worker.
    const twice = counting(800).flatMap((i) => [i, i]);
    expect(printed.get("threads.1")!.toSorted((a, b) => a - b)).toEqual(twice);
  });
}

function parse<T>(text: string): T[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
