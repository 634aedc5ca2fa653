import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { withMetadata } from "../../src/cli/metadata.js";
import { topologyOf } from "../runtime/support.js";

const directory = mkdtempSync("/tmp/zp-meta-");
afterAll(() => rmSync(directory, { recursive: true }));

const TOPOLOGY = { ...topologyOf([]), metadata: { region: "nord", limits: { pages: 500, days: 3 } } };

function metadataOf(set: readonly string[], text?: string): unknown {
  const file = text === undefined ? undefined : join(directory, "given.json");
  if (file !== undefined) writeFileSync(file, text!);
  return withMetadata(TOPOLOGY, { set, metadata: file }).metadata;
}

describe("the metadata of a run", () => {
  it("is that of the topology, unless something else is said", () => {
    expect(metadataOf([])).toEqual(TOPOLOGY.metadata);
  });

  it("has the keys of a file in place of the topology's, and what is set over both", () => {
    expect(metadataOf(["limits.pages=10", "new.deep.key=[1,2]"], '{"limits": {"days": 1}}')).toEqual({
      region: "nord",
      limits: { days: 1, pages: 10 },
      new: { deep: { key: [1, 2] } },
    });
  });

  it("takes JSON as it is, to the last digit, and anything else as text", () => {
    const values = ["a=18446744073709551616", "b=true", 'c="7"', "d=sued = west", "e="];
    expect(metadataOf(values)).toMatchObject({ a: 18446744073709551616n, b: true, c: "7", d: "sued = west", e: "" });
  });

  it("that cannot be told is refused with what to write", () => {
    expect(() => metadataOf(["pages"])).toThrow('--set "pages" is not KEY=VALUE');
    expect(() => metadataOf(["a..b=1"])).toThrow('--set "a..b=1" is not KEY=VALUE');
    expect(() => metadataOf([], "[1]")).toThrow("must be a JSON object, not [1]");
    expect(() => metadataOf([], "{")).toThrow("cannot be read");
    expect(() => metadataOf([`text=${"x".repeat(70_000)}`])).toThrow("65536 are allowed");
  });

  it("leaves the topology as it was", () => {
    const before = structuredClone(TOPOLOGY.metadata);
    metadataOf(["limits.pages=1"]);
    expect(TOPOLOGY.metadata).toEqual(before);
  });
});
