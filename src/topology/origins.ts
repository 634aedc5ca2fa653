import { below, type Place } from "./problem.js";
import type { Edge } from "./types.js";

/** Where each decoded entity was written, kept aside so that the topology itself is plain data. */
export class Origins {
  readonly #places = new Map<object, Place>();
  readonly #ends = new Map<Edge, Readonly<Record<"from" | "to", Place>>>();

  set(entity: object, place: Place): void {
    this.#places.set(entity, { file: place.file, path: place.path });
  }

  setEnds(edge: Edge, from: Place, to: Place): void {
    this.#ends.set(edge, { from, to });
  }

  /** The place of an entity, or of something inside it. */
  at(entity: object, ...steps: readonly (string | number)[]): Place {
    return below(this.#places.get(entity) ?? { file: "", path: [] }, ...steps);
  }

  /** The place of the name at one end of an edge: of one `[[edges]]` table may come many edges. */
  end(edge: Edge, end: "from" | "to"): Place {
    return this.#ends.get(edge)?.[end] ?? this.at(edge, end);
  }
}
