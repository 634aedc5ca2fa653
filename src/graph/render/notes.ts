import type { GraphEdge, GraphNode } from "../types.js";
import { labelOf } from "./label.js";

/** What is written on a graph beside its names: how its run does. */
export interface Notes {
  /** Lines below the name of a node. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** By `edgeKey`. */
  readonly edges: ReadonlyMap<string, EdgeNote>;
  /** The node that holds up the others. */
  readonly bottleneck: string | undefined;
}

export interface EdgeNote {
  readonly text: string;
  /** How much goes along it, as a share of what goes along the busiest edge. */
  readonly share: number;
}

export const NO_NOTES: Notes = { nodes: new Map(), edges: new Map(), bottleneck: undefined };

export function edgeKey({ from, to }: Pick<GraphEdge, "from" | "to">): string {
  return `${from} ${to}`;
}

/** All that is written in the box of a node, its name first. */
export function linesOf(node: GraphNode, { nodes, bottleneck }: Notes): readonly string[] {
  return [labelOf(node), ...(nodes.get(node.name) ?? []), ...(bottleneck === node.name ? ["▲ bottleneck"] : [])];
}
