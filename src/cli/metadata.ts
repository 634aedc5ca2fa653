import { readFileSync } from "node:fs";
import { ExitCode, messageOf, ZpipeError } from "../errors.js";
import { decodeJson, encodeJson } from "../protocol/json.js";
import type { Metadata, Topology } from "../topology/types.js";

/** The flags as they were given. */
export interface MetadataFlags {
  readonly set: readonly string[] | undefined;
  /** Path of a file that holds a JSON object. */
  readonly metadata: string | undefined;
}

/** Programs get it as an environment variable, of which an operating system allows some 128 KiB. */
const MOST_BYTES = 64 * 1024;

/** The topology with metadata of this run: its own, then that of the file, key by key, then what is set. */
export function withMetadata(topology: Topology, { set = [], metadata: file }: MetadataFlags): Topology {
  const given = file === undefined ? {} : readMetadata(file);
  const metadata = set.reduce(setOne, { ...topology.metadata, ...given });
  const bytes = Buffer.byteLength(encodeJson(metadata));
  if (bytes <= MOST_BYTES) return { ...topology, metadata };
  throw usage(`the metadata of the run has ${bytes} bytes, and ${MOST_BYTES} are allowed`, [
    "Put what is large into a file, and its path into the metadata.",
  ]);
}

function readMetadata(file: string): Metadata {
  let value: unknown;
  try {
    value = decodeJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw usage(`the metadata ${file} cannot be read: ${messageOf(error)}`, [
      "It has to be a file with a JSON object.",
    ]);
  }
  if (isObject(value)) return value;
  throw usage(`the metadata ${file} must be a JSON object, not ${encodeJson(value).slice(0, 40)}`, []);
}

/** `limit.pages=10`: a JSON value where it is one, else text. */
function setOne(metadata: Metadata, text: string): Metadata {
  const [, path, value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const names = path?.split(".") ?? [];
  if (names.length === 0 || names.includes("")) {
    throw usage(`--set ${JSON.stringify(text)} is not KEY=VALUE`, [
      "Write for example: --set jobs=100 --set limit.pages=3",
    ]);
  }
  return inserted(metadata, names, jsonOr(value));
}

function inserted(into: unknown, [name, ...rest]: readonly string[], value: unknown): Metadata {
  const object = isObject(into) ? into : {};
  return { ...object, [name!]: rest.length === 0 ? value : inserted(object[name!], rest, value) };
}

function jsonOr(text: string): unknown {
  try {
    return decodeJson(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function usage(message: string, hints: readonly string[]): ZpipeError {
  return new ZpipeError(message, { code: "bad-metadata", exitCode: ExitCode.usage, hints });
}
