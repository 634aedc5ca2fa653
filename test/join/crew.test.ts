import { expect, test } from "vitest";
import { posted } from "../../src/join/crew.js";
import type { WorkerPlan } from "../../src/plan/types.js";

const OURS: WorkerPlan = {
  kind: "worker",
  name: "square@there.1",
  stage: "square",
  stageNumber: 0,
  topology: "euler6",
  run: { kind: "command", argv: ["true"], cwd: "/" },
  threads: undefined,
  concurrency: 1,
  retries: 0,
  env: { A: "1" },
  edges: ["sum"],
  inbox: "square/workers",
};

test("what the run says of a stage goes before what this host's copy says; the rest stays", () => {
  const posting = { number: 3, concurrency: 2, retries: 5, edges: ["difference", "server"] };
  const other = { type: "posting", stage: "sum", number: 1, concurrency: 9, retries: 9, edges: [] } as const;
  expect(posted([OURS], [other, { type: "posting", stage: "square", ...posting }])).toEqual([
    { ...OURS, stageNumber: 3, concurrency: 2, retries: 5, edges: ["difference", "server"] },
  ]);
});
