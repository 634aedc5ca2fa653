import type { RouteSnapshot } from "../metrics/snapshot.js";
import type { ServerStats } from "../plan/child.js";

/** Enters how many answers of each status a server has given on each route, as a counter for each. */
export function enterAnswers(routes: ServerStats["routes"], enter: (counter: string, value: number) => void): void {
  for (const [path, statuses] of Object.entries(routes)) {
    for (const [status, count] of Object.entries(statuses)) enter(`status ${status} ${path}`, count);
  }
}

export interface Answers {
  readonly statuses: Readonly<Record<string, number>>;
  readonly routes: readonly RouteSnapshot[];
}

/** What was entered, out of all counters; `prefix` stands before the names of the server's. */
export function answersOf(counters: ReadonlyMap<string, number>, prefix: string): Answers {
  const statuses: Record<string, number> = {};
  const routes = new Map<string, Record<string, number>>();
  for (const [name, count] of counters) {
    if (!name.startsWith(`${prefix}status `)) continue;
    const [, status, path] = /^status (\d+) (.*)$/s.exec(name.slice(prefix.length))!;
    statuses[status!] = (statuses[status!] ?? 0) + count;
    routes.set(path!, { ...routes.get(path!), [status!]: count });
  }
  return { statuses, routes: [...routes].map(([path, each]) => ({ path, statuses: each })) };
}
