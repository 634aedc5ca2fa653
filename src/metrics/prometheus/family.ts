import type { Snapshot, TimesSnapshot } from "../snapshot.js";

/** One metric with all its samples, each by its labels. Times are in seconds, sizes in bytes. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: Samples;
}

export type Samples =
  | { readonly type: "gauge" | "counter"; readonly read: (snapshot: Snapshot) => readonly Sample<number>[] }
  | { readonly type: "histogram"; readonly read: (snapshot: Snapshot) => readonly Sample<TimesSnapshot>[] };

/** The values of the labels, in the order of the family. */
export type Sample<T> = readonly [labels: readonly string[], value: T];
