/** The way to a value in the parsed data, e.g. `["edges", 3, "to", 1]`. */
export type DataPath = readonly (string | number)[];

/** A value's place by data path; turned into line and column only when there is something to report. */
export interface Place {
  readonly file: string;
  readonly path: DataPath;
}

/** A value together with where it was written. */
export interface Located extends Place {
  readonly value: unknown;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A user's mistake, placed by data path. A path that goes deeper than the text does means its nearest ancestor. */
export interface Problem extends Place {
  readonly message: string;
  /** What to try; a question (`did you mean "square"?`) or an instruction. */
  readonly hint?: string | undefined;
  /** What the column points to: the value (the default; of a table: its header) or the key. */
  readonly at?: "key" | "value";
  /** Known already, for errors of the TOML itself; then `path` is not looked up. */
  readonly position?: Position;
  /** The first of two clashing definitions; its place is appended to the message. */
  readonly other?: Place | undefined;
}

/** The place of something inside `place`. */
export function below(place: Place, ...steps: readonly (string | number)[]): Place {
  return { file: place.file, path: [...place.path, ...steps] };
}
