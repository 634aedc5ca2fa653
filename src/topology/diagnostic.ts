import { isAbsolute, relative, sep } from "node:path";
import type { Diagnostic } from "./types.js";

/**
 * `file:line:column: message`, with the hint in parentheses, or after a semicolon when it is a question.
 * The file is relative to `cwd` when it lies below it.
 */
export function formatDiagnostic(diagnostic: Diagnostic, cwd: string = process.cwd()): string {
  const { file, line, column, message, hint } = diagnostic;
  return `${displayPath(file, cwd)}:${line}:${column}: ${message}${formatHint(hint)}`;
}

/** Sorts by file, line and column; the file named first in `files` comes first. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[], files: readonly string[]): Diagnostic[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const rankOf = (file: string): number => rank.get(file) ?? files.length;
  return [...diagnostics].sort(
    (a, b) => rankOf(a.file) - rankOf(b.file) || a.line - b.line || a.column - b.column || 0,
  );
}

function displayPath(file: string, cwd: string): string {
  const path = relative(cwd, file);
  const outside = path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
  return outside ? file : path;
}

function formatHint(hint: string | undefined): string {
  if (hint === undefined) return "";
  return hint.endsWith("?") ? `; ${hint}` : ` (${hint})`;
}
