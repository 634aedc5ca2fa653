import { entriesOf } from "../entries.js";
import { didYouMean } from "../nearest.js";
import type { Place, Problem } from "../problem.js";
import { SERVER, type Topology } from "../types.js";
import type { Rule, RuleInput } from "./rule.js";

export const referenceRules: readonly Rule[] = [
  {
    name: "every named stage exists",
    check: ({ topology, origins, problems }) => {
      // Without stages each reference would be unknown; that there are none is reported already.
      if (topology.stages.length === 0 && problems.length > 0) return [];
      const broken = problems
        .filter(({ path }) => path[0] === "stages" || path[0] === "sinks" || path[0] === "sources")
        .map(({ path }) => String(path[1]));
      const owners = [SERVER, ...topology.sources.map(({ name }) => name)];
      const known = new Set([...topology.stages.map(({ name }) => name), ...broken]);
      const unknown = (name: string, place: Place, candidates: Iterable<string> = known): readonly Problem[] =>
        known.has(name) ? [] : [{ ...place, message: `unknown stage "${name}"`, hint: didYouMean(name, candidates) }];

      return references({ topology, origins, problems }).flatMap(({ name, place, edge }) => {
        if (edge !== undefined && owners.includes(name)) return [];
        return unknown(name, place, edge === "to" ? [...known, ...owners] : known);
      });
    },
  },
  {
    name: "a stage has one proxy",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      return topology.proxies.flatMap((proxy) =>
        proxy.stages.flatMap((stage, index): readonly Problem[] => {
          const place = origins.at(proxy, "stages", index);
          const other = first.get(stage);
          if (other === undefined) first.set(stage, place);
          return other === undefined ? [] : [{ ...place, message: `stage "${stage}" has a proxy already`, other }];
        }),
      );
    },
  },
  {
    name: "a proxy serves no sink",
    check: ({ topology, origins }) =>
      topology.proxies.flatMap((proxy) =>
        proxy.stages.flatMap((name, index): readonly Problem[] =>
          topology.stages.some((stage) => stage.name === name && stage.role === "sink")
            ? [{ ...origins.at(proxy, "stages", index), message: `"${name}" is a sink, which is its own proxy` }]
            : [],
        ),
      ),
  },
  {
    name: "a name is given once",
    check: ({ topology, origins }) => {
      const first = new Map<string, Place>();
      const own = topology.proxies.filter(({ name, stages }) => !stages.includes(name));
      return [...topology.sources, ...topology.stages, ...own].flatMap((node): readonly Problem[] => {
        const place = origins.at(node);
        const other = first.get(node.name);
        if (other === undefined) first.set(node.name, place);
        return other === undefined
          ? []
          : [{ ...place, at: "key", message: `the name "${node.name}" is already given`, other }];
      });
    },
  },
  {
    name: "a proxy with the name of a stage tunes that stage alone",
    check: ({ topology, origins }) => {
      const stages = new Set(topology.stages.map(({ name }) => name));
      return topology.proxies
        .filter(({ name, stages: own }) => stages.has(name) && own.some((stage) => stage !== name))
        .map((proxy) => ({
          ...origins.at(proxy, "stages"),
          message: `proxy "${proxy.name}" has the name of a stage, so it can serve only that stage`,
          hint: "give the proxy a name of its own",
        }));
    },
  },
  {
    name: "a join lists other stages, each once",
    check: ({ topology, origins }) =>
      topology.stages.flatMap((stage) =>
        (stage.join?.stages ?? []).flatMap((name, index, names): readonly Problem[] => {
          const place = origins.at(stage, "join", index);
          if (name === stage.name) return [{ ...place, message: `stage "${name}" cannot join itself` }];
          return names.indexOf(name) < index ? [{ ...place, message: `join lists "${name}" twice` }] : [];
        }),
      ),
  },
];

interface Reference {
  readonly name: string;
  readonly place: Place;
  /** Which end of an edge it is; the owners are known there. */
  readonly edge?: "from" | "to";
}

function references({ topology, origins }: RuleInput): readonly Reference[] {
  return [
    ...entriesOf(topology).flatMap(({ to, entity }) =>
      to.map((name, i) => ({ name, place: origins.at(entity, "to", i) })),
    ),
    ...joins(topology).flatMap(({ stage, names }) =>
      names.map((name, i) => ({ name, place: origins.at(stage, "join", i) })),
    ),
    ...topology.proxies.flatMap((proxy) =>
      proxy.stages.map((name, i) => ({ name, place: origins.at(proxy, "stages", i) })),
    ),
    ...(["from", "to"] as const).flatMap((edge) =>
      oncePerPlace(topology.edges.map((it) => ({ name: it[edge], place: origins.end(it, edge), edge }))),
    ),
  ];
}

function joins(topology: Topology): readonly { readonly stage: object; readonly names: readonly string[] }[] {
  return topology.stages.map((stage) => ({ stage, names: stage.join?.stages ?? [] }));
}

/** A name in `from` stands in as many edges as there are names in `to`. */
function oncePerPlace(list: readonly Reference[]): readonly Reference[] {
  return [...new Map(list.map((item) => [JSON.stringify(item.place), item])).values()];
}
