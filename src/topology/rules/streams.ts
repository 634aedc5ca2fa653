import type { Place, Problem } from "../problem.js";
import type { Topology } from "../types.js";
import type { Rule } from "./rule.js";

interface Stream {
  /** What nobody else may read or write. */
  readonly title: string;
  readonly entity: object;
  readonly key: string;
  /** Several may have it, since they only read. */
  readonly shared?: boolean;
}

export const streamRules: readonly Rule[] = [
  {
    // Two that read would each get some of the lines; two that write would write into each other's.
    name: "standard input, standard output and a file of results belong to one",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      return streamsOf(topology).flatMap(({ title, entity, key, shared = false }): readonly Problem[] => {
        const place = origins.at(entity, key);
        const other = first.get(title);
        if (other === undefined) first.set(title, place);
        return other === undefined || shared ? [] : [{ ...place, message: `${title} is taken`, other }];
      });
    },
  },
];

function streamsOf({ sources, stages }: Topology): readonly Stream[] {
  return [
    ...sources
      .filter(({ input }) => input.kind === "stdin")
      .map((entity) => ({ title: "standard input", entity, key: "stdin" })),
    ...sources.flatMap((entity) =>
      entity.input.kind === "file"
        ? [{ title: `the file ${entity.input.path}`, entity, key: "file", shared: true }]
        : [],
    ),
    ...stages.flatMap((entity): readonly Stream[] => {
      const { run } = entity;
      if (run.kind === "stdout") return [{ title: "standard output", entity, key: "stdout" }];
      return run.kind === "file" ? [{ title: `the file ${run.path}`, entity, key: "file" }] : [];
    }),
  ];
}
