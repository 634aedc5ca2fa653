import { dirname, resolve } from "node:path";
import { aPlainPath, aString } from "../kinds.js";
import { isData, type Table } from "../table.js";
import type { StaticFiles } from "../types.js";
import type { Context } from "./context.js";

/** `static = "./public"`, or a table that also says where the directory stands in URLs. */
export function decodeStatic(server: Table, context: Context): StaticFiles | undefined {
  if (!server.has("static")) return undefined;
  if (!isData(server.at("static").value)) return read(server, "static", "/", context);
  const table = server.table("static", "static")!;
  if (!table.has("dir")) table.missing("dir");
  const files = read(table, "dir", table.get("path", aPlainPath, "/"), context);
  table.finish();
  return files;
}

function read(table: Table, key: string, path: string, { reader }: Context): StaticFiles | undefined {
  const written = table.get(key, aString, undefined);
  if (written === undefined) return undefined;
  const dir = resolve(dirname(table.place.file), written);
  if (!reader.isDirectory(dir)) {
    const isFile = reader.exists(dir);
    table.problem([key], isFile ? `${key} must be a directory, not the file ${dir}` : `directory not found: ${dir}`);
  }
  return { dir, path: path.endsWith("/") ? path : `${path}/` };
}
