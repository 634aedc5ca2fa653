import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { readDeadLetters } from "../../src/control/dead-letters.js";
import { deadLetterFile } from "../../src/control/directories.js";
import { bodyOf, DeadLetterFile, payloadOf } from "../../src/nodes/owner/dead-letters.js";
import type { DeadLetter } from "../../src/plan/child.js";
import { PayloadKind } from "../../src/protocol/payload.js";

const env = { XDG_STATE_HOME: mkdtempSync("/tmp/zp-letters-") };
afterAll(() => rmSync(env.XDG_STATE_HOME, { recursive: true }));

let name: string;
let count = 0;
beforeEach(() => {
  name = `run${count++}`;
});

function letter(id: string): DeadLetter {
  const [owner, entry, stage, message] = ["tasks", "line 1", "work", "no"];
  return {
    id,
    time: "2030-01-01T00:00:00Z",
    owner,
    entry,
    route: 0,
    stage,
    message,
    kind: "json",
    payload: "1",
    lane: 0,
  };
}

const ids = async () => (await readDeadLetters(name, env)).map(({ id }) => id);

describe("the dead letters of a run", () => {
  it("are none when there is no file", async () => {
    expect(await readDeadLetters(name, env)).toEqual([]);
  });

  it("are those that were added and not removed, in their order", async () => {
    const file = new DeadLetterFile(deadLetterFile(name, env));
    for (const id of ["a", "b", "c"]) file.add(letter(id));
    new DeadLetterFile(deadLetterFile(name, env)).remove("b");
    expect(await readDeadLetters(name, env)).toEqual([letter("a"), letter("c")]);
  });

  it("are not disturbed by what is no letter: a line that was cut off, or another's", async () => {
    const path = deadLetterFile(name, env);
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(letter("a"))}\n\nnull\n42\n{"id":"x","resent":"now"}\n{"id":"b","ti`);
    expect(await ids()).toEqual(["a"]);
  });

  it("are not spoilt by one that was cut off before them", async () => {
    const path = deadLetterFile(name, env);
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, `${JSON.stringify(letter("a"))}\n{"id":"b","ti`);
    new DeadLetterFile(path).add(letter("c"));
    expect(await ids()).toEqual(["a", "c"]);
  });
});

describe("what was to be done", () => {
  it("is kept as it came: JSON as text, bytes in base64", () => {
    const json = { kind: PayloadKind.json, payload: '{"big": 18446744073709551616}' };
    expect(payloadOf(json)).toEqual({ kind: "json", payload: json.payload });
    expect(bodyOf({ ...letter("a"), ...payloadOf(json) })).toEqual(json);
    const bytes = { kind: PayloadKind.bytes, payload: Buffer.from([0xff, 0, 10]) };
    expect(payloadOf(bytes)).toEqual({ kind: "base64", payload: "/wAK" });
    expect(bodyOf({ ...letter("a"), ...payloadOf(bytes) })).toEqual(bytes);
  });
});
