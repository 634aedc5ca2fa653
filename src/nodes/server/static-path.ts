import type { Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { rawPath } from "./paths.js";

/** What is at a URL; undefined: nothing that may be served. */
export type SitePlace =
  | { /** Absolute, free of links. */ readonly kind: "file"; readonly file: string }
  /** A directory that was asked for without the slash at its end, on which the links of its page depend. */
  | { readonly kind: "moved"; readonly to: string };

const INDEX = "index.html";

/**
 * Finds what a URL names below `root`. Links are followed as long as they stay within `root`; what begins with a dot is
 * not there, whether the URL or a link leads to it.
 * @param root absolute and free of links
 * @param prefix begins and ends with a slash
 */
export async function findPlace(root: string, prefix: string, url: string): Promise<SitePlace | undefined> {
  const path = rawPath(url);
  const names = namesBelow(prefix, path);
  if (names === undefined) return undefined;
  const found = await look(root, names);
  if (found === undefined) return undefined;
  if (!found.stats.isDirectory()) return path.endsWith("/") ? undefined : fileOf(found);
  const index = await look(root, [...names, INDEX]);
  if (index === undefined || !index.stats.isFile()) return undefined;
  // More than one slash at the beginning would be the name of a host.
  if (!path.endsWith("/")) return { kind: "moved", to: `${path.replace(/^\/+/, "/")}/` };
  return fileOf(index);
}

/** The decoded segments; undefined for what no file may be called. */
function namesBelow(prefix: string, path: string): readonly string[] | undefined {
  if (!`${path}/`.startsWith(prefix)) return undefined;
  const names = path.slice(prefix.length).split("/").map(decoded);
  return names.every((name) => name !== undefined) ? names.filter((name) => name !== "") : undefined;
}

/** Slashes that come out of `%2f`, backslashes and NUL would say something else to a file system than to a URL. */
function decoded(segment: string): string | undefined {
  try {
    const name = decodeURIComponent(segment);
    return /[/\\\0]/.test(name) || name.startsWith(".") ? undefined : name;
  } catch {
    return undefined;
  }
}

interface Found {
  readonly file: string;
  readonly stats: Stats;
}

async function look(root: string, names: readonly string[]): Promise<Found | undefined> {
  try {
    const file = await realpath(join(root, ...names));
    const inside = relative(root, file);
    if (inside.split(sep).some((name) => name.startsWith("."))) return undefined;
    return { file, stats: await stat(file) };
  } catch {
    return undefined;
  }
}

/** Pipes, sockets and devices are no files. */
function fileOf({ file, stats }: Found): SitePlace | undefined {
  return stats.isFile() ? { kind: "file", file } : undefined;
}
