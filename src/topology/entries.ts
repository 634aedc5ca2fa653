import { type Route, SERVER, type Source, type SourceInput, type Topology } from "./types.js";

/** Where jobs enter the graph: a route of the server, or a source. */
export interface Entry {
  /** Who owns what enters here: the server, or the name of the source. */
  readonly owner: string;
  /** As messages call it: `route GET /`, `source "numbers"`. */
  readonly title: string;
  readonly to: readonly string[];
  readonly entity: Route | Source;
}

/** The routes in file order, then the sources; an entry is known by its index in this list. */
export function entriesOf({ server, sources }: Topology): readonly Entry[] {
  return [
    ...(server?.routes ?? []).map((route) => ({
      owner: SERVER,
      title: `route ${route.methods[0]} ${route.path}`,
      to: route.to,
      entity: route,
    })),
    ...sources.map((source) => ({
      owner: source.name,
      title: `source "${source.name}"`,
      to: source.to,
      entity: source,
    })),
  ];
}

/** It never comes to its end by itself. */
export function isEndless(input: SourceInput): boolean {
  return input.kind === "ticks" && input.limit === undefined;
}
