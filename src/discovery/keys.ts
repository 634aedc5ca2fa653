import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, messageOf, ZpipeError } from "../errors.js";

/** What a topology's side has in its directory of keys. */
export const SERVER_KEY = "server.key";
export const AUTHORIZED = "authorized";

/** A key file: JSON, for its owner's eyes only. Keys are in Z85. */
export interface KeyFile {
  readonly publicKey: string;
  readonly secretKey: string;
  /** In the file of a client: the public key of the topology that it may join. */
  readonly serverKey?: string;
}

export async function readServerKey(directory: string): Promise<KeyFile> {
  return readKeyFile(join(directory, SERVER_KEY), `Make it with \`zpipe keys init ${directory}\`.`);
}

/** @throws ZpipeError when it is not there, is no key of a client, or may be read by others */
export async function readClientKey(file: string): Promise<Required<KeyFile>> {
  const key = await readKeyFile(file, "Make it with `zpipe keys init --client NAME`, where the topology is.");
  if (isKey(key.serverKey)) return { ...key, serverKey: key.serverKey };
  throw badKey(file, "it names no serverKey, so it is not the key of a client");
}

async function readKeyFile(file: string, remedy: string): Promise<KeyFile> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) throw badKey(file, "others can read it", [`Make it yours alone: chmod 600 ${file}`]);
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof ZpipeError) throw error;
    throw badKey(file, messageOf(error), [remedy]);
  }
  const { publicKey, secretKey, serverKey } = parsed(file, text);
  if (!isKey(publicKey) || !isKey(secretKey)) throw badKey(file, "its publicKey and secretKey are not two keys in Z85");
  return { publicKey, secretKey, ...(serverKey !== undefined && { serverKey }) };
}

function parsed(file: string, text: string): Partial<KeyFile> {
  try {
    return Object(JSON.parse(text)) as Partial<KeyFile>;
  } catch {
    // The parser's message would quote it.
    throw badKey(file, "it is not JSON");
  }
}

/** Who may join: a line for each, its public key and then its name; `#` begins a comment. */
export function parseAuthorized(text: string): ReadonlyMap<string, string> {
  const lines = text.split("\n").map((line) => line.trim());
  return new Map(
    lines.flatMap((line) => {
      const [key = "", ...name] = line.split(/\s+/);
      return isKey(key) ? [[key, name.join(" ")] as const] : [];
    }),
  );
}

/** Reads it anew, so that a key is let in, or no longer, without a restart. */
export async function readAuthorized(directory: string): Promise<ReadonlyMap<string, string>> {
  return parseAuthorized(await readFile(join(directory, AUTHORIZED), "utf8"));
}

/** 32 bytes in Z85. */
export function isKey(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/.test(text);
}

function badKey(file: string, why: string, hints: readonly string[] = []): ZpipeError {
  return new ZpipeError(`the key ${file} cannot be used: ${why}`, {
    code: "bad-key",
    exitCode: ExitCode.usage,
    hints,
  });
}
