import { describe, expect, test } from "vitest";
import { patient, victims } from "../../src/bench/chaos.js";
import type { NodeSnapshot } from "../../src/metrics/snapshot.js";
import { stage, topologyOf } from "../runtime/support.js";

const node = (name: string, kind: NodeSnapshot["kind"], process = name, changes: Partial<NodeSnapshot> = {}) =>
  ({ name, kind, process, pid: 7, state: "running", ...changes }) as NodeSnapshot;

const SEPARATE = [node("server", "server"), node("a", "proxy"), node("a.1", "worker"), node("a.2", "worker")];

describe("victims of chaos", () => {
  test("are of the kind", () => {
    const names = (kind: Parameters<typeof victims>[0]) => victims(kind, SEPARATE).map(({ name }) => name);
    expect(names("kill-worker")).toEqual(["a.1", "a.2"]);
    expect(names("kill-proxy")).toEqual(["a"]);
    expect(names("kill-server")).toEqual(["server"]);
  });

  test("do not take the server along, and are alive", () => {
    const hub = [node("server", "server", "hub"), node("a", "proxy", "hub"), node("a.1", "worker")];
    expect(victims("kill-proxy", hub)).toEqual([]);
    expect(victims("kill-server", hub)).toHaveLength(1);
    expect(victims("kill-worker", [node("a.1", "worker", "a.1", { state: "waiting" })])).toEqual([]);
    expect(victims("kill-worker", [node("a.1", "worker", "a.1", { pid: undefined })])).toEqual([]);
  });

  test("have time to come back: a request that is late is not lost", () => {
    const { server } = patient(topologyOf([stage("a")]));
    expect(server!.routes.map(({ timeoutMs }) => timeoutMs)).toEqual([30_000]);
  });
});
