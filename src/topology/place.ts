import { dirname, relative } from "node:path";
import type { AST } from "toml-eslint-parser";
import { sortDiagnostics } from "./diagnostic.js";
import type { DataPath, Place, Position, Problem } from "./problem.js";
import type { Diagnostic } from "./types.js";

/** Where a key and its value are written; of a table, the value is its header. */
interface Spot {
  readonly key: Position;
  readonly value: Position;
}

type Spots = ReadonlyMap<string, Spot>;

const START: Position = { line: 1, column: 1 };

/** Turns data paths into lines and columns. `texts` are the files by path, in the order in which they were read. */
export async function placeProblems(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
): Promise<Diagnostic[]> {
  if (problems.length === 0) return [];
  // Loaded only here: a topology without mistakes never pays for a second parser.
  const { parseTOML } = await import("toml-eslint-parser");
  const spots = new Map<string, Spots>();
  for (const [file, text] of texts) spots.set(file, spotsOf(text, parseTOML));

  const positionOf = (place: Place, at: "key" | "value"): Position => find(spots.get(place.file), place.path, at);
  const diagnostics = problems.map((problem): Diagnostic => {
    const position = problem.position ?? positionOf(problem, problem.at ?? "value");
    const message = problem.message + describeOther(problem, positionOf);
    return { file: problem.file, line: position.line, column: position.column, message, hint: problem.hint };
  });
  return sortDiagnostics(diagnostics, [...texts.keys()]);
}

function describeOther(problem: Problem, positionOf: (place: Place, at: "value") => Position): string {
  if (problem.other === undefined) return "";
  const { line, column } = positionOf(problem.other, "value");
  return ` at ${relative(dirname(problem.file), problem.other.file)}:${line}:${column}`;
}

function find(spots: Spots | undefined, path: DataPath, at: "key" | "value"): Position {
  const exact = spots?.get(keyOf(path));
  if (exact !== undefined) return exact[at];
  for (let length = path.length - 1; length > 0; length--) {
    const ancestor = spots?.get(keyOf(path.slice(0, length)));
    if (ancestor !== undefined) return ancestor.value;
  }
  return START;
}

function spotsOf(text: string, parseTOML: typeof import("toml-eslint-parser").parseTOML): Spots {
  const spots = new Map<string, Spot>();
  try {
    for (const node of parseTOML(text, { tomlVersion: "1.1" }).body[0].body) {
      if (node.type === "TOMLTable") addTable(spots, node);
      else addKeyValue(spots, [], node);
    }
  } catch {
    // The two parsers may differ about odd TOML. What was found so far still places most problems.
  }
  return spots;
}

function addTable(spots: Map<string, Spot>, table: AST.TOMLTable): void {
  const { resolvedKey, key } = table;
  let names = 0;
  for (let length = 1; length < resolvedKey.length; length++) {
    if (typeof resolvedKey[length - 1] === "string") names++;
    const position = startOf(key.keys[names - 1]!);
    addIfNew(spots, resolvedKey.slice(0, length), { key: position, value: position });
  }
  // A header of its own outranks the place where a subtable's header first implied the table.
  spots.set(keyOf(resolvedKey), { key: startOf(key.keys.at(-1)!), value: startOf(table) });
  for (const pair of table.body) addKeyValue(spots, resolvedKey, pair);
}

function addKeyValue(spots: Map<string, Spot>, base: DataPath, pair: AST.TOMLKeyValue): void {
  let path = base;
  for (const part of pair.key.keys) {
    path = [...path, part.type === "TOMLBare" ? part.name : part.value];
    addIfNew(spots, path, { key: startOf(part), value: startOf(part) });
  }
  spots.set(keyOf(path), { key: startOf(pair.key.keys.at(-1)!), value: startOf(pair.value) });
  addInside(spots, path, pair.value);
}

function addInside(spots: Map<string, Spot>, path: DataPath, value: AST.TOMLContentNode): void {
  if (value.type === "TOMLInlineTable") {
    for (const pair of value.body) addKeyValue(spots, path, pair);
  } else if (value.type === "TOMLArray") {
    for (const [index, element] of value.elements.entries()) {
      const position = startOf(element);
      spots.set(keyOf([...path, index]), { key: position, value: position });
      addInside(spots, [...path, index], element);
    }
  }
}

function addIfNew(spots: Map<string, Spot>, path: DataPath, spot: Spot): void {
  const key = keyOf(path);
  if (!spots.has(key)) spots.set(key, spot);
}

/** The parser counts columns from 0, editors from 1. */
function startOf(node: AST.HasLocs): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function keyOf(path: DataPath): string {
  return JSON.stringify(path);
}
