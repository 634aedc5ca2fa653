import { describe, expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { buildPlan } from "../../src/plan/build.js";
import { collapse } from "../../src/runtime/failure.js";
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
