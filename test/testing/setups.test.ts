import { expect, test } from "vitest";
import { buildGraph } from "../../src/graph/build.js";
import { buildPlan } from "../../src/plan/build.js";
import { HOME } from "../../src/plan/types.js";
import { setupsOf, stagesAlone } from "../../src/testing/setups.js";
import type { SystemTest, TestAct } from "../../src/topology/types.js";
import { stage, topologyOf } from "../runtime/support.js";

const sample = { method: "GET", target: "/a", body: undefined, status: 200, answer: undefined };
const PLAIN = { kill: [], withinMs: undefined, notBeforeMs: undefined };
const request = (name: string, ...without: readonly string[]): SystemTest => ({
  name,
  act: { kind: "request", sample },
  without,
  ...PLAIN,
});
const other = (name: string, act: TestAct): SystemTest => ({ name, act, without: [], ...PLAIN });

test("requests share a run when they do without the same stages, batches never", () => {
  const topology = topologyOf([stage("a"), stage("b")]);
  const alone = { kind: "stage", job: 1, status: 200, result: undefined } as const;
  const batch = { source: undefined, jobs: [], results: [], sink: undefined, ordered: false, failed: 0 } as const;
  const setups = setupsOf({ topology, graph: buildGraph(topology) }, [
    request("1"),
    request("2", "a", "b"),
    other("3", { ...alone, stage: "a" }),
    request("4", "b", "a"),
    request("5"),
    other("6", { ...alone, stage: "b" }),
    other("7", { kind: "batch", ...batch }),
    other("8", { kind: "batch", ...batch }),
  ]);
  const names = setups.map((it) => (it.kind === "batch" ? [it.test.name] : it.questions.map((each) => each.test.name)));
  expect(names).toEqual([["1", "5"], ["2", "4"], ["3", "6"], ["7"], ["8"]]);
  expect(setups[1]!.ran.topology.stages.map(({ workers }) => workers.initial)).toEqual([0, 0]);
});

test("all that a stage alone returns or sends leads home, to itself and to other stages too", () => {
  const topology = topologyOf([stage("a", { join: { stages: ["b"], bare: true } }), stage("b")]);
  const edges = ["a", "b"].map((to) => ({ from: "a", to, route: "choose", loopback: false }) as const);
  const alone = stagesAlone({ ...topology, edges }, new Set(["a", "b"]));
  const plan = buildPlan(alone, buildGraph(alone), { placement: "separate", transport: "ipc", workers: new Map() });
  const [proxy] = plan.processes.flatMap(({ nodes }) => nodes.filter((node) => node.kind === "proxy"));
  expect(proxy!.stages[0]!.edges.map(({ target }) => target)).toEqual([HOME, HOME]);
  expect(proxy!.stages[0]!.join).toBeUndefined();
  expect(alone.server!.routes.map(({ path }) => path)).toEqual(["/a", "/b"]);
});
