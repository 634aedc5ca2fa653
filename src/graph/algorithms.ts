/** Plain adjacency: from each node to where its edges lead. Every node has an entry. */
export type Adjacency = ReadonlyMap<string, readonly string[]>;

export function adjacencyOf(
  nodes: Iterable<string>,
  edges: Iterable<{ readonly from: string; readonly to: string }>,
): Adjacency {
  const adjacency = new Map<string, string[]>([...nodes].map((node) => [node, []]));
  for (const { from, to } of edges) if (adjacency.has(to)) adjacency.get(from)?.push(to);
  return adjacency;
}

export function reversed(adjacency: Adjacency): Adjacency {
  const edges = [...adjacency].flatMap(([from, targets]) => targets.map((to) => ({ from: to, to: from })));
  return adjacencyOf(adjacency.keys(), edges);
}

/** The starts and all that can be reached from them; `wall`, if given, is neither entered nor passed. */
export function reachable(adjacency: Adjacency, starts: Iterable<string>, wall?: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [...starts];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (node === wall || seen.has(node) || !adjacency.has(node)) continue;
    seen.add(node);
    queue.push(...adjacency.get(node)!);
  }
  return seen;
}

/** Strongly connected components (Tarjan, without recursion); each lists its nodes in the order of `adjacency`. */
export function components(adjacency: Adjacency): readonly (readonly string[])[] {
  const rank = new Map([...adjacency.keys()].map((node, index) => [node, index]));
  const found = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const result: string[][] = [];

  const enter = (node: string): { node: string; next: number } => {
    found.set(node, found.size);
    low.set(node, found.get(node)!);
    open.push(node);
    isOpen.add(node);
    return { node, next: 0 };
  };
  const lower = (node: string, to: number): void => void low.set(node, Math.min(low.get(node)!, to));

  for (const start of adjacency.keys()) {
    if (found.has(start)) continue;
    const path = [enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = adjacency.get(top.node)![top.next++];
      if (target !== undefined) {
        if (!found.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(top.node, found.get(target)!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(top.node)!);
      if (low.get(top.node) !== found.get(top.node)) continue;
      const component = open.splice(open.lastIndexOf(top.node));
      for (const node of component) isOpen.delete(node);
      result.push(component.sort((a, b) => rank.get(a)! - rank.get(b)!));
    }
  }
  return result.sort((a, b) => rank.get(a[0]!)! - rank.get(b[0]!)!);
}

/** Whether a component holds a cycle: more than one node, or an edge to itself. */
export function isCyclic(adjacency: Adjacency, component: readonly string[]): boolean {
  const [first] = component;
  return component.length > 1 || (first !== undefined && adjacency.get(first)!.includes(first));
}

/** A shortest cycle through the first node of a cyclic component: `["a", "b", "a"]`. */
export function cycleIn(adjacency: Adjacency, component: readonly string[]): readonly string[] {
  const start = component[0]!;
  const inside = new Set(component);
  const paths: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of adjacency.get(path.at(-1)!)!) {
      if (next === start) return [...path, start];
      if (!inside.has(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [start];
}
