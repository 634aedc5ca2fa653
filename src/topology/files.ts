import { readFileSync, statSync } from "node:fs";

/** What loading needs of a file system, so that it can be tested without one. */
export interface FileReader {
  read(file: string): ReadText;
  /** Whether it is there and is a file. */
  exists(file: string): boolean;
  /** Whether it is there and is a directory. */
  isDirectory(path: string): boolean;
}

export type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

export const diskReader: FileReader = {
  read(file) {
    try {
      return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file)) };
    } catch (error) {
      return { ok: false, reason: reasonOf(error) };
    }
  },
  exists(file) {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  },
  isDirectory(path) {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  },
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return "file not found";
  if (code === "EISDIR") return "a directory, not a file";
  if (code === "EACCES" || code === "EPERM") return "no permission to read the file";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}
