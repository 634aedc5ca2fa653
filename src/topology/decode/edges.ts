import { aBoolean, oneOf } from "../kinds.js";
import { below, type Located } from "../problem.js";
import { Table } from "../table.js";
import type { Edge } from "../types.js";
import type { Context } from "./context.js";

/** One `[[edges]]` table: an edge from each of its `from` to each of its `to`. */
export function decodeEdges(located: Located, context: Context): readonly Edge[] {
  const table = Table.open(located, "[[edges]]", context.problems);
  if (table === undefined) return [];
  const from = table.names("from", "the name of a stage");
  const to = table.names("to", "the name of a stage");
  const route = table.get("route", oneOf<Edge["route"]>(["all", "choose"]), "all");
  const loopback = table.get("loopback", aBoolean, false);
  table.finish();

  return from.flatMap((origin, i) =>
    to.map((target, j) => {
      const edge: Edge = { from: origin, to: target, route, loopback };
      context.origins.set(edge, located);
      context.origins.setEnds(edge, below(located, "from", i), below(located, "to", j));
      return edge;
    }),
  );
}
