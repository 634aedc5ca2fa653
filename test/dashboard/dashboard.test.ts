import { expect, onTestFinished, test } from "vitest";
import type { Control, LifecycleEvent, RunEvent } from "../../src/control/types.js";
import { Dashboard } from "../../src/dashboard/dashboard.js";
import { textOf } from "../../src/dashboard/style.js";
import { ZpipeError } from "../../src/errors.js";
import { snapshot } from "./support.js";

const SIZE = { width: 80, height: 24 };

/** A run that tells what it is told to, and a screen that says what it shows. */
async function dashboard(past: readonly LifecycleEvent[] = [], restart: Control["restart"] = async () => {}) {
  let shown = "";
  let tell: (event: RunEvent) => void = () => {};
  let press: (key: string) => void = () => {};
  let painted = () => {};
  const control: Pick<Control, "watch" | "restart"> = {
    restart,
    watch: (onEvent, { past: isWanted = false } = {}) => {
      tell = onEvent;
      if (isWanted) for (const event of past) onEvent({ type: "lifecycle", event });
      onEvent({ type: "snapshot", snapshot: snapshot() });
      return () => {};
    },
  };
  let isThere = true;
  const opened = new Dashboard({
    name: "euler6",
    find: async () => (isThere ? (control as Control) : undefined),
    onInterrupt: () => false,
    open: ({ onKey }) => {
      press = onKey;
      return {
        size: SIZE,
        paint: (rows) => {
          shown = rows.map(textOf).join("\n");
          painted();
        },
        close: () => {},
      };
    },
  });
  onTestFinished(() => opened.close());
  const shows = (pattern: RegExp) =>
    new Promise<string>((resolve) => {
      painted = () => {
        if (pattern.test(shown)) resolve(shown);
      };
      painted();
    });
  await shows(/running/);
  return {
    press: (...keys: readonly string[]) => keys.forEach((key) => void press(key)),
    log: (...texts: readonly string[]) => {
      for (const text of texts) tell({ type: "log", entry: { time: Date.now(), node: "sum.1", text } });
    },
    happens: (event: LifecycleEvent) => tell({ type: "lifecycle", event }),
    ends: () => {
      isThere = false;
      tell({ type: "state", state: "ended" });
    },
    shows,
  };
}

function scaled(number: number, reason: string): LifecycleEvent {
  return { kind: "scaled", stage: "sum", before: 1, after: 2, reason, number, time: number };
}

test("the log begins with what had happened to the run, and tells nothing twice", async () => {
  const { happens, log, press, shows } = await dashboard([scaled(1, "before"), scaled(2, "by hand")]);
  press("g");
  await shows(/zpipe sum has 2 workers \(before\)\s+\S+ zpipe sum has 2 workers \(by hand\)/);
  // It comes as a line of the log too.
  happens(scaled(3, "just now"));
  log("the end");
  expect(await shows(/the end/)).not.toContain("just now");
});

test("a paused dashboard says that the run is gone, and shows what it showed", async () => {
  const { ends, log, press, shows } = await dashboard();
  press("g");
  log("before");
  await shows(/before/);
  press(" ");
  await shows(/PAUSED/);
  log("after");
  ends();
  const shown = await shows(/ GONE [\s\S]* is gone, last heard of/);
  expect(shown).toContain("before");
  expect(shown).not.toContain("after");
});

test("lines that somebody reads stay where they are, paused or not", async () => {
  const { log, press, shows } = await dashboard();
  const lines = (from: string) => Array.from({ length: 40 }, (_, index) => `${from} ${index + 1};`);
  press("g");
  log(...lines("old"));
  await shows(/old 40;/);
  press("pageup");
  const last = / old 30;[^\n]*\n[^\n]*$/;
  await shows(last);
  press(" ");
  log(...lines("new"));
  expect(await shows(/PAUSED [\s\S]*10 lines back/)).toMatch(last);
  press(" ");
  expect(await shows(/50 lines back/)).toMatch(last);
});

test.each(["node-leaving", "unknown-node"])(
  "a stage is restarted without a worker that leaves meanwhile, which alone cannot be (%s)",
  async (code) => {
    const asked: string[] = [];
    const { press, shows } = await dashboard([], async (node) => {
      asked.push(node);
      if (node === "sum.1") throw new ZpipeError("sum.1 is not there any more", { code });
    });
    press("r");
    await shows(/sum was restarted/);
    expect(asked).toEqual(["sum.1", "sum.2"]);
    press("d", "down", "r");
    await shows(/sum\.1 is not there any more/);
  },
);
