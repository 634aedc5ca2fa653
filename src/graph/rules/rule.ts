import type { Origins } from "../../topology/origins.js";
import type { Problem } from "../../topology/problem.js";
import type { Topology } from "../../topology/types.js";
import type { Graph } from "../types.js";

/** One named thing that must hold in the graph. */
export interface GraphRule {
  readonly name: string;
  check(input: GraphRuleInput): readonly Problem[];
}

export interface GraphRuleInput {
  readonly topology: Topology;
  readonly origins: Origins;
  readonly graph: Graph;
}
