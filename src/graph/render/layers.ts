import type { Graph } from "../types.js";

/** A box, or a point where a long edge passes a layer that it has no business in. */
export interface Item {
  readonly id: string;
  /** undefined: a point. */
  readonly node: string | undefined;
  /** Ids of the items of the next layer that it leads to. */
  readonly next: readonly string[];
}

export type Layer = readonly Item[];

/** Nodes in layers, each below all that leads to it; edges that go back or home are not among them. */
export function layersOf(graph: Graph): readonly Layer[] {
  const edges = graph.edges.filter(({ kind, back }) => kind !== "loopback" && !back);
  const depth = depthsOf(graph, edges);
  const layers: Item[][] = Array.from({ length: Math.max(...depth.values()) + 1 }, () => []);
  for (const { name } of graph.nodes) {
    const own = depth.get(name)!;
    const targets = edges.filter(({ from }) => from === name).map(({ to }) => to);
    const deepest = Math.max(own, ...targets.map((to) => depth.get(to)!));
    for (let at = own; at < Math.max(deepest, own + 1); at++) {
      const next = targets.filter((to) => depth.get(to) === at + 1);
      if (deepest > at + 1) next.push(pointId(name, at + 1));
      layers[at]!.push({ id: at === own ? name : pointId(name, at), node: at === own ? name : undefined, next });
    }
  }
  return untangled(layers);
}

/** Not a name: those have no spaces. */
function pointId(name: string, layer: number): string {
  return `${name} ${layer}`;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
}

/** The longest way to each node. */
function depthsOf(graph: Graph, edges: readonly Arrow[]): ReadonlyMap<string, number> {
  const depth = new Map(graph.nodes.map(({ name }) => [name, 0]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to } of edges) {
      if (depth.get(to)! > depth.get(from)!) continue;
      depth.set(to, depth.get(from)! + 1);
      changed = true;
    }
  }
  return depth;
}

/** Orders each layer by where its items' neighbours stand, down and up again, so that fewer lines cross. */
function untangled(layers: readonly Layer[]): readonly Layer[] {
  const result = [...layers];
  const sortBy = (index: number, other: Layer, near: (item: Item, neighbour: Item) => boolean): void => {
    const place = (item: Item, own: number): number => {
      const places = other.flatMap((neighbour, at) => (near(item, neighbour) ? [(at + 0.5) / other.length] : []));
      const sum = places.reduce((total, at) => total + at, 0);
      return places.length === 0 ? (own + 0.5) / result[index]!.length : sum / places.length;
    };
    const keyed = result[index]!.map((item, own) => ({ item, key: place(item, own) }));
    result[index] = keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
  };
  for (let round = 0; round < 3; round++) {
    for (let i = 1; i < result.length; i++) sortBy(i, result[i - 1]!, (item, above) => above.next.includes(item.id));
    for (let i = result.length - 2; i >= 0; i--)
      sortBy(i, result[i + 1]!, (item, below) => item.next.includes(below.id));
  }
  return result;
}
