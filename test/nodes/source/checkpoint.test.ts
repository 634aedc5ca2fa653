import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Checkpoint, type Progress } from "../../../src/nodes/source/checkpoint.js";

const directory = mkdtempSync("/tmp/zp-checkpoint-");
afterAll(() => rmSync(directory, { recursive: true }));

const PROGRESS: Progress = { floor: 7, position: { offset: 120, lines: 9 }, done: [[9, 11]], failed: 2, lives: [] };

let path: string;
let count = 0;
beforeEach(() => {
  path = join(directory, `progress${count++}`);
});

describe("a checkpoint", () => {
  it("is the beginning when nothing was written", () => {
    expect(new Checkpoint(path, "jobs.jsonl").read()).toMatchObject({ floor: 0, position: { offset: 0 }, done: [] });
  });

  it("is what was written last, for the same input only", () => {
    const checkpoint = new Checkpoint(path, "jobs.jsonl");
    checkpoint.write({ ...PROGRESS, floor: 1 });
    checkpoint.write(PROGRESS);
    expect(new Checkpoint(path, "jobs.jsonl").read()).toEqual({ version: 1, ...PROGRESS });
    expect(() => new Checkpoint(path, "other.jsonl").read()).toThrow(
      `the checkpoint ${path} cannot be used: it belongs to jobs.jsonl, but this source reads other.jsonl`,
    );
  });

  it.each(["", "{", "null", "[]", '{"version":2,"floor":1}', '{"version":1}', '{"version":1,"floor":"1"}'])(
    "that is %j is refused, not overwritten",
    (text) => {
      writeFileSync(path, text);
      expect(() => new Checkpoint(path, "jobs.jsonl").read()).toThrow(/cannot be used: /);
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it.each([
    { floor: 1, position: undefined },
    { floor: -1 },
    { done: [[3]] },
    { done: "all" },
    { failed: "none" },
    { position: { offset: -1, lines: 0 } },
  ])("with %j in it is refused", (part) => {
    writeFileSync(path, JSON.stringify({ version: 1, input: "jobs.jsonl", ...PROGRESS, ...part }));
    expect(() => new Checkpoint(path, "jobs.jsonl").read()).toThrow(/it was not written by this zpipe/);
  });

  it("makes its folder, and says at once that it cannot be written", () => {
    new Checkpoint(`${path}/a/b`, "jobs.jsonl").prepare();
    expect(readdirSync(`${path}/a`)).toEqual([]);
    writeFileSync(`${path}/file`, "");
    expect(() => new Checkpoint(`${path}/file/b`, "jobs.jsonl").prepare()).toThrow(
      `cannot write the checkpoint ${path}/file/b: `,
    );
  });

  it("beyond the end of its input is refused: it is of what was there before", () => {
    new Checkpoint(path, "jobs.jsonl").write(PROGRESS);
    expect(new Checkpoint(path, "jobs.jsonl").read(120)).toMatchObject({ floor: 7 });
    expect(() => new Checkpoint(path, "jobs.jsonl").read(119)).toThrow(
      `the checkpoint ${path} cannot be used: it is at byte 120, but jobs.jsonl has only 119`,
    );
  });

  it("is replaced whole: beside it is nothing, and what was not changed is not written again", () => {
    const checkpoint = new Checkpoint(path, "jobs.jsonl");
    checkpoint.write(PROGRESS);
    const { ino } = statSync(path);
    checkpoint.write({ ...PROGRESS });
    expect(statSync(path).ino).toBe(ino);
    checkpoint.write({ ...PROGRESS, floor: 8 });
    expect(statSync(path).ino).not.toBe(ino);
    expect(readdirSync(directory).filter((name) => path.endsWith(name.replace(/\.new$/, "")))).toHaveLength(1);
  });

  it("is gone when everything is done, even if it never was", () => {
    const checkpoint = new Checkpoint(path, "jobs.jsonl");
    checkpoint.remove();
    checkpoint.write(PROGRESS);
    checkpoint.remove();
    expect(existsSync(path)).toBe(false);
  });

  it("that cannot be written is told with its path", () => {
    const checkpoint = new Checkpoint(join(directory, "absent", "progress"), "jobs.jsonl");
    expect(() => checkpoint.write(PROGRESS)).toThrow(/cannot write the checkpoint .*absent/);
  });
});
