import { basename, dirname, resolve } from "node:path";
import type { FileReader } from "./files.js";
import { type Data, parseToml } from "./parse.js";
import { below, type Place, type Problem } from "./problem.js";
import { show } from "./show.js";

/** One file, parsed. */
export interface Source {
  readonly file: string;
  readonly data: Data;
}

export interface Sources {
  /** The named file first, then what it includes, depth first. */
  readonly files: readonly Source[];
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Reads and parses a file and all that it includes; a file that is included twice counts once. */
export function readSources(root: string, reader: FileReader): Sources {
  const files: Source[] = [];
  const texts = new Map<string, string>();
  const problems: Problem[] = [];

  const visit = (file: string, trail: readonly string[], includedAt: Place | undefined): void => {
    if (trail.includes(file)) {
      const cycle = [...trail.slice(trail.indexOf(file)), file].map((step) => basename(step)).join(" -> ");
      problems.push({ ...includedAt!, message: `the files include each other in a cycle: ${cycle}` });
      return;
    }
    if (texts.has(file)) return;
    const content = reader.read(file);
    if (!content.ok) {
      const message = includedAt === undefined ? content.reason : `cannot include ${file}: ${content.reason}`;
      problems.push({ ...(includedAt ?? { file, path: [] }), message });
      return;
    }
    texts.set(file, content.text);
    const parsed = parseToml(file, content.text);
    if (!parsed.ok) {
      problems.push(parsed.problem);
      return;
    }
    files.push({ file, data: parsed.data });
    for (const include of includesOf(file, parsed.data, problems)) {
      visit(resolve(dirname(file), include.path), [...trail, file], include.place);
    }
  };
  visit(root, [], undefined);
  return { files, texts, problems };
}

interface Include {
  readonly path: string;
  readonly place: Place;
}

function includesOf(file: string, data: Data, problems: Problem[]): readonly Include[] {
  const place: Place = { file, path: ["include"] };
  const value = data.include;
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    problems.push({ ...place, message: `include must be an array of paths, not ${show(value)}` });
    return [];
  }
  return value.flatMap((path: unknown, index): readonly Include[] => {
    if (typeof path === "string" && path !== "") return [{ path, place: below(place, index) }];
    problems.push({ ...below(place, index), message: `include must be an array of paths, not of ${show(path)}` });
    return [];
  });
}
