import { isEndless } from "../entries.js";
import { didYouMean } from "../nearest.js";
import type { Origins } from "../origins.js";
import type { Problem } from "../problem.js";
import { SERVER, type Source, type Topology } from "../types.js";
import type { Rule } from "./rule.js";

/** Which sources wait for which. */
export const successionRules: readonly Rule[] = [
  {
    name: "a source starts after other sources, each named once",
    check: ({ topology, origins }) =>
      topology.sources.flatMap((source) =>
        source.after.flatMap((name, index): readonly Problem[] => {
          const message = mistakeIn(source, name, index, topology);
          if (message === undefined) return [];
          const others = topology.sources.map((other) => other.name).filter((other) => other !== source.name);
          const hint = isKnown(name, topology) ? undefined : didYouMean(name, others);
          return [{ ...origins.at(source, "after", index), message, hint }];
        }),
      ),
  },
  {
    name: "sources do not wait for each other in a circle",
    check: ({ topology, origins }) => circlesOf(topology.sources).map((circle) => problemOf(circle, topology, origins)),
  },
];

function mistakeIn({ name: own, after }: Source, name: string, index: number, topology: Topology): string | undefined {
  if (name === own) return `source "${own}" cannot start after itself`;
  if (after.indexOf(name) < index) return `after lists "${name}" twice`;
  const before = topology.sources.find((source) => source.name === name);
  if (before !== undefined) {
    return isEndless(before.input) ? `"${name}" never comes to its end, so "${own}" would never start` : undefined;
  }
  const isStage = topology.stages.some((stage) => stage.name === name);
  if (!isStage && name !== SERVER) return `unknown source "${name}"`;
  return `"${name}" is no source, so it never comes to its end`;
}

function isKnown(name: string, { sources, stages }: Topology): boolean {
  return [...sources, ...stages].some((node) => node.name === name);
}

/** Each circle once, from the first of its sources in file order: `["a", "b", "a"]`, where b starts after a. */
function circlesOf(sources: readonly Source[]): readonly (readonly string[])[] {
  const told = new Set<string>();
  return sources.flatMap(({ name }) => {
    if (told.has(name)) return [];
    const circle = circleFrom(name, sources);
    for (const member of circle ?? []) told.add(member);
    return circle === undefined ? [] : [circle];
  });
}

function circleFrom(start: string, sources: readonly Source[]): readonly string[] | undefined {
  const paths: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const { name } of sources.filter(({ after }) => after.includes(path.at(-1)!))) {
      // One that waits for itself is told by the rule above.
      if (name === start && path.length > 1) return [...path, start];
      if (name === start || seen.has(name)) continue;
      seen.add(name);
      paths.push([...path, name]);
    }
  }
  return undefined;
}

function problemOf(circle: readonly string[], { sources }: Topology, origins: Origins): Problem {
  const [first, second] = circle;
  const source = sources.find(({ name }) => name === second)!;
  return {
    ...origins.at(source, "after", source.after.indexOf(first!)),
    message: `the sources ${circle.join(" -> ")} wait for each other, so none of them would ever start`,
    hint: "one of them has to start without the others",
  };
}
