import { describe, expect, test } from "vitest";
import { isEndless } from "../../src/topology/entries.js";
import { mistakesIn, topologyOf } from "./support.js";

const TICKS = (text: string, more = "") => `[sources.clock]
to = "a"
${text}
[stages.a]
command = ["work"]
[sinks.out]
stdout = true
[[edges]]
from = "a"
to = "out"
${more}`;

describe("a source of ticks", () => {
  test("has an interval, and one job at a time", async () => {
    const [source] = (await topologyOf(TICKS('every = "1.5s"'))).sources;
    const schedule = { kind: "every", ms: 1500 };
    expect(source).toMatchObject({ input: { kind: "ticks", schedule, overlap: "skip", limit: undefined } });
    expect([source!.maxInFlight, isEndless(source!.input)]).toEqual([1, true]);
  });

  test("or a pattern", async () => {
    const text = 'cron = "*/5 * * * *"\ntimezone = "UTC"\noverlap = "wait"\nticks = 3';
    const [source] = (await topologyOf(TICKS(text))).sources;
    const schedule = { kind: "cron", pattern: "*/5 * * * *", timezone: "UTC" };
    expect(source!.input).toEqual({ kind: "ticks", schedule, overlap: "wait", limit: 3 });
    expect(isEndless(source!.input)).toBe(false);
  });
});

describe("mistakes in a source of ticks", () => {
  test.each([
    ['every = "1 s"', 'main.toml:3:9: every must be a duration such as "250ms", "2s", "5m" or "1h", not "1 s"'],
    ['every = "1s"\ncron = "* * * * *"', "main.toml:4:8: only one of stdin, file, run, every or cron can be given"],
    ['cron = "0 0 30 2 *"', 'main.toml:3:8: cron "0 0 30 2 *" is never due'],
    [
      'cron = "* * *"',
      "main.toml:3:8: cron is not valid: invalid configuration format ('* * *'), exactly five, six, or seven space separated parts are required. (for example \"*/5 * * * *\": every five minutes)",
    ],
    [
      'cron = "@daily"\ntimezone = "Mars/Olympus"',
      'main.toml:4:12: there is no timezone "Mars/Olympus" (a name of the IANA database, such as "Europe/Oslo" or "UTC")',
    ],
    ['every = "1s"\ntimezone = "UTC"', 'main.toml:4:1: unknown key "timezone" in [sources.clock]'],
    [
      'every = "1s"\noverlap = "skp"',
      'main.toml:4:11: overlap must be "skip" or "wait", not "skp"; did you mean "skip"?',
    ],
    ['every = "1s"\nmax_in_flight = 2', "main.toml:4:17: a source of ticks has one job at a time"],
    ["stdin = true\nticks = 2", 'main.toml:4:1: unknown key "ticks" in [sources.clock]'],
  ])("%s", async (text, expected) => {
    expect(await mistakesIn(TICKS(text))).toEqual([expected]);
  });

  test("a test of one that never ends", async () => {
    const more = '[[tests]]\nsource = "clock"';
    expect(await mistakesIn(TICKS('every = "1s"', more))).toEqual([
      'main.toml:11:1: the source "clock" ticks for ever, so the test would never be over (give the test jobs, or the source ticks = 3)',
    ]);
    expect(await mistakesIn(TICKS('every = "1s"\nticks = 3', more))).toEqual([]);
  });
});
