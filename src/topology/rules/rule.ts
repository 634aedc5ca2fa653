import type { Origins } from "../origins.js";
import type { Problem } from "../problem.js";
import type { Topology } from "../types.js";

/** One named thing that must hold. */
export interface Rule {
  readonly name: string;
  check(draft: RuleInput): readonly Problem[];
}

export interface RuleInput {
  readonly topology: Topology;
  readonly origins: Origins;
  /** Found so far; a rule stays silent where they may be the cause of what it sees. */
  readonly problems: readonly Problem[];
}
