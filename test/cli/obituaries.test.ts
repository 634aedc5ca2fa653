import { describe, expect, test } from "vitest";
import { Obituaries } from "../../src/cli/obituaries.js";
import type { Death } from "../../src/control/types.js";

const death = (changes: Partial<Death> = {}): Death => ({
  kind: "died",
  node: "read.1",
  process: "read.1",
  pid: 1,
  exitCode: 1,
  signal: null,
  reason: "exit code 1",
  stderr: ["Traceback", "ValueError: no such page"],
  againInMs: 100,
  ...changes,
});

describe("a death in a batch", () => {
  test("is told with the last that was printed, and where there is more", () => {
    expect(new Obituaries("ocr").of(death())?.split("\n")).toEqual([
      "read.1 died (exit code 1):",
      "  Traceback",
      "  ValueError: no such page",
      "More of it: zpipe logs --name ocr read.1",
    ]);
  });

  test("is told once of all workers of a stage, and again when it is another", () => {
    const obituaries = new Obituaries("ocr");
    obituaries.of(death());
    expect(obituaries.of(death({ node: "read.2" }))).toBeUndefined();
    expect(obituaries.of(death({ node: "read.2", reason: "killed by SIGKILL", stderr: [] }))).toBe(
      "read.2 died (killed by SIGKILL)",
    );
  });

  test("shows the end of what was printed, which does nothing to the terminal", () => {
    const text = new Obituaries("ocr").of(death({ stderr: [...Array(20).fill("noise"), "\u001b[2Jend"] }));
    expect(text?.match(/noise/g)).toHaveLength(5);
    expect(text).toContain("  \\x1b[2Jend");
  });

  test("of a crash loop does not fill the screen", () => {
    const obituaries = new Obituaries("ocr");
    const told = Array.from({ length: 100 }, (_, n) => obituaries.of(death({ stderr: [`error ${n}`] })));
    expect(told.filter((text) => text !== undefined)).toHaveLength(5);
  });
});
