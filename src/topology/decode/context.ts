import type { FileReader } from "../files.js";
import type { Origins } from "../origins.js";
import type { Problem } from "../problem.js";

/** What every decoder is given: where to note problems and origins, and whether files exist. */
export interface Context {
  readonly reader: FileReader;
  readonly origins: Origins;
  readonly problems: Problem[];
}
