import { join } from "node:path";
import { expect, test } from "vitest";
import { formatVerdict, verdictOf } from "../../src/cli/verdict.js";

const TOPOLOGIES = join(import.meta.dirname, "../../topologies");

test("a sink is no stage, and one that writes lines has no worker", async () => {
  const file = join(TOPOLOGIES, "pipeline/dependencies.toml");
  const verdict = await verdictOf(file);
  expect(verdict).toMatchObject({ ok: true, sources: 2, stages: 2, sinks: 2, workers: 3 });
  expect(formatVerdict(verdict)).toMatch(/: ok \(2 sources, 2 stages, 2 sinks, 3 workers, 6 edges\)$/);
});
