import { isEndless } from "../entries.js";
import { didYouMean } from "../nearest.js";
import type { Place, Problem } from "../problem.js";
import { andList, orList, quoted } from "../show.js";
import type { Stage, SystemTest, Topology } from "../types.js";
import type { Rule, RuleInput } from "./rule.js";

export const testRules: readonly Rule[] = [
  {
    name: "a test has a name of its own",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      return topology.tests.flatMap((test): readonly Problem[] => {
        const other = first.get(test.name);
        if (other === undefined) first.set(test.name, origins.at(test));
        const message = `the test "${test.name}" is already defined`;
        return other === undefined ? [] : [{ ...origins.at(test, "name"), message, other }];
      });
    },
  },
  {
    name: "the stages of a test exist, and have workers",
    check: (draft) =>
      draft.topology.tests.flatMap((test) => [
        ...(test.act.kind === "stage"
          ? stageProblems(draft, test.act.stage, draft.origins.at(test, "stage"), ({ role }) => role === "stage")
          : []),
        ...(["without", "kill"] as const).flatMap((key) =>
          test[key].flatMap((name, i) => stageProblems(draft, name, draft.origins.at(test, key, i), hasWorkers)),
        ),
      ]),
  },
  {
    name: "what is not there cannot be killed",
    check: ({ topology, origins }) =>
      topology.tests.flatMap((test) => [
        ...test.kill.flatMap((name, index): readonly Problem[] =>
          test.without.includes(name)
            ? [{ ...origins.at(test, "kill", index), message: `"${name}" is without workers in this test` }]
            : [],
        ),
        ...(test.act.kind === "stage" && test.without.length > 0
          ? [
              {
                ...origins.at(test, "without"),
                message: "a test of one stage alone has no other stages",
                hint: "leave out without",
              },
            ]
          : []),
        ...(topology.placement === "inline" && test.kill.length > 0
          ? [
              {
                ...origins.at(test, "kill"),
                message: 'with placement = "inline" workers have no process of their own that could be killed',
              },
            ]
          : []),
      ]),
  },
  {
    name: "a test with jobs has a source and a sink to look at",
    check: (draft) => draft.topology.tests.flatMap((test) => batchProblems(test, draft)),
  },
];

function stageProblems(
  { topology, problems }: RuleInput,
  name: string,
  place: Place,
  fits: (stage: Stage) => boolean,
): readonly Problem[] {
  // One that is broken, or whose table is, is not missing.
  if (problems.some(({ path }) => path[0] === "stages" || path[0] === "sinks")) return [];
  const stage = topology.stages.find((candidate) => candidate.name === name);
  if (stage !== undefined && fits(stage)) return [];
  const names = topology.stages.filter(fits).map((candidate) => candidate.name);
  const message = stage === undefined ? `unknown stage "${name}"` : `"${name}" is a sink`;
  return [{ ...place, message, hint: didYouMean(name, names) ?? `the stages are ${andList(quoted(names))}` }];
}

function hasWorkers({ run }: Stage): boolean {
  return run.kind === "module" || run.kind === "command";
}

function batchProblems(test: SystemTest, { topology, origins, problems }: RuleInput): readonly Problem[] {
  const { act } = test;
  if (act.kind !== "batch" || problems.some(({ path }) => path[0] === "sources" || path[0] === "sinks")) return [];
  const sources = topology.sources.map(({ name }) => name);
  const source = endProblem(act.source, sources, "source", origins.at(test, "source"), origins.at(test));
  if (source !== undefined) return [source];
  const tested = topology.sources.find(({ name }) => name === (act.source ?? sources[0]))!;
  if (act.jobs === undefined && isEndless(tested.input)) {
    const message = `the source "${tested.name}" ticks for ever, so the test would never be over`;
    return [{ ...origins.at(test), message, hint: "give the test jobs, or the source ticks = 3" }];
  }
  if (act.results === undefined && act.sink === undefined) return [];
  const sink = endProblem(act.sink, lineSinks(topology), "sink of lines", origins.at(test, "sink"), origins.at(test));
  return sink === undefined ? [] : [sink];
}

/** A source or a sink that is named must be there; one that is not must be the only one. */
function endProblem(
  name: string | undefined,
  names: readonly string[],
  what: string,
  place: Place,
  whole: Place,
): Problem | undefined {
  const key = what.split(" ")[0]!;
  if (names.length === 0)
    return { ...whole, message: `the topology has no ${what}, so the test has no jobs to follow` };
  if (name === undefined) {
    if (names.length === 1) return undefined;
    return { ...whole, message: `[[tests]] needs ${key}`, hint: `it is ${orList(quoted(names))}` };
  }
  if (names.includes(name)) return undefined;
  return { ...place, message: `unknown ${what} "${name}"`, hint: didYouMean(name, names) };
}

function lineSinks({ stages }: Topology): readonly string[] {
  return stages.filter((stage) => !hasWorkers(stage)).map(({ name }) => name);
}
