import { describe, expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { buildPlan } from "../../src/plan/build.js";
import { collapse, startLimit } from "../../src/runtime/failure.js";
import { BORN } from "../../src/runtime/lifecycle.js";
import { Member } from "../../src/runtime/member.js";
import { stage, topologyOf } from "./support.js";

/** The members of a run of which the named ones have been given up. */
function membersWith(...failed: readonly string[]): readonly Member[] {
  const topology = topologyOf([stage("a"), stage("b")]);
  const options = { placement: "separate", transport: "ipc", workers: new Map() } as const;
  return buildPlan(topology, buildGraph(topology), options).processes.map((process, number) => {
    const member = new Member(process, number);
    member.life = { ...BORN, state: failed.includes(process.name) ? "failed" : "running" };
    return member;
  });
}

describe("a run that has begun", () => {
  test("goes on without some workers of a stage", () => {
    expect(collapse(membersWith("a.1", "b.2"))).toBeUndefined();
  });

  test("is of no use without all workers of a stage", () => {
    expect(collapse(membersWith("a.1", "a.2"))?.name).toBe("a.1");
  });

  test.each(["server", "a"])("is of no use without its %s", (name) => {
    expect(collapse(membersWith(name))?.name).toBe(name);
  });
});

describe("a worker whose program has ended before it was of use", () => {
  const worker = (traits: Partial<Member>): Member => Object.assign(membersWith().at(-1)!, traits);

  test("has few starts when nothing can be the cause but itself", () => {
    expect(startLimit(worker({ unproven: "unused" }), true)).toBe(3);
  });

  test("has more when it had a job in hand, or has worked before", () => {
    expect(startLimit(worker({ unproven: "unanswered" }), true)).toBe(10);
    expect(startLimit(worker({ unproven: "unused", proven: true }), true)).toBe(10);
  });
});
