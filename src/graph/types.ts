/** The topology as nodes and edges, with what can be known of it before anything runs. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** One for each stage that joins. */
  readonly joins: readonly GraphJoin[];
  /** Which sources start when others are finished; no job goes this way. */
  readonly after: readonly GraphSuccession[];
}

export interface GraphSuccession {
  /** The source that has to be finished. */
  readonly from: string;
  /** The source that starts then. */
  readonly to: string;
}

export interface GraphNode {
  readonly name: string;
  readonly kind: "server" | "source" | "stage" | "sink";
  /** Workers started; 0 for what is not a stage. */
  readonly workers: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** "entry": a route of the server, or a source; "all" and "choose": out of a stage; "loopback": home to the owner. */
  readonly kind: "entry" | "all" | "choose" | "loopback";
  /** It closes a cycle: it leads back to a node that comes earlier in the order of the nodes, or to itself. A loopback never does. */
  readonly back: boolean;
}

/**
 * Which scatters a joining stage gathers. A part carries a stack of the scatters it came through; a join takes the
 * topmost one that is listed here, so that scatters may nest and a stage between scatter and join needs to know nothing.
 */
export interface GraphJoin {
  readonly stage: string;
  readonly sources: readonly string[];
  readonly bare: boolean;
  readonly groups: readonly JoinGroup[];
}

export type JoinGroup =
  /** A copy along each of several edges of one origin; `parts` of them lead to the join. */
  | { readonly kind: "copies"; readonly origin: Origin; readonly parts: number }
  /** `scatter(target, values)` by a worker of the origin: as many parts as there were values. */
  | { readonly kind: "scatter"; readonly origin: Origin; readonly target: string };

/** Where copies or scattered parts start: an entry of the topology (by its index) or a stage. */
export type Origin = { readonly entry: number } | { readonly stage: string };
