import toml from "toml";
import { messageOf } from "../errors.js";
import type { Position, Problem } from "./problem.js";

/** A TOML table as parsed: it has no prototype, and its whole numbers are `bigint`, so `2` and `2.0` can be told apart. */
export type Data = Readonly<Record<string, unknown>>;

export type Parsed = { readonly ok: true; readonly data: Data } | { readonly ok: false; readonly problem: Problem };

/** TOML text to data, or the one problem that a TOML parser reports. */
export function parseToml(file: string, text: string): Parsed {
  try {
    return { ok: true, data: toml.parse(text, { bigint: true }) as Data };
  } catch (error) {
    const message = `not valid TOML: ${describe(error)}`;
    return { ok: false, problem: { file, path: [], message, position: positionOf(error) } };
  }
}

/** What the parser throws: grammar errors carry `location`, errors of meaning (a key defined twice) `line` and `column`. */
interface TomlError {
  readonly location?: { readonly start: Position };
  readonly line?: number;
  readonly column?: number;
  readonly found?: string | null;
}

function positionOf(error: unknown): Position {
  const { location, line, column } = error as TomlError;
  return location === undefined ? { line: line ?? 1, column: column ?? 1 } : location.start;
}

/** A grammar error lists every token that might have stood there, some thirty of them: only what was found helps. */
function describe(error: unknown): string {
  const { location, found } = error as TomlError;
  if (location === undefined || found === undefined) {
    const message = messageOf(error).replace(/\.$/, "");
    return message.charAt(0).toLowerCase() + message.slice(1);
  }
  if (found === null) return "unexpected end of the file";
  return found === "\n" || found === "\r" || found === "\r\n"
    ? "unexpected end of the line"
    : `unexpected ${JSON.stringify(found)}`;
}
