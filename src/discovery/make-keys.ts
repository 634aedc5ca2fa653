import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, messageOf, ZpipeError } from "../errors.js";
import { newKeyPair } from "../transport/curve.js";
import { AUTHORIZED, type KeyFile, readServerKey, SERVER_KEY } from "./keys.js";

export interface MadeKeys {
  readonly directory: string;
  readonly serverPublicKey: string;
  /** Files that were made now. */
  readonly files: readonly string[];
  readonly clients: readonly { readonly name: string; readonly publicKey: string; readonly file: string }[];
}

const CLIENT_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * Makes the key of the topology's side, unless it is there, and one for each client, which is let in. What is there is
 * never written over.
 */
export async function makeKeys(directory: string, clients: readonly string[]): Promise<MadeKeys> {
  const wrong = clients.find((name) => !CLIENT_NAME.test(name) || `${name}.key` === SERVER_KEY);
  if (wrong !== undefined) throw badName(wrong);
  const files: string[] = [];
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (await writeNew(join(directory, SERVER_KEY), text(newKeyPair()))) files.push(join(directory, SERVER_KEY));
  const { publicKey: serverPublicKey } = await readServerKey(directory);
  const list = join(directory, AUTHORIZED);
  if (await writeNew(list, "# Who may join: PUBLIC-KEY NAME, a line each.\n")) files.push(list);
  const made: MadeKeys["clients"][number][] = [];
  for (const name of clients) {
    const file = join(directory, `${name}.key`);
    const pair = newKeyPair();
    if (!(await writeNew(file, text({ ...pair, serverKey: serverPublicKey })))) throw taken(file);
    const before = await readFile(list, "utf8");
    await appendFile(list, `${before === "" || before.endsWith("\n") ? "" : "\n"}${pair.publicKey} ${name}\n`);
    files.push(file);
    made.push({ name, publicKey: pair.publicKey, file });
  }
  return { directory, serverPublicKey, files, clients: made };
}

function text(key: KeyFile): string {
  return `${JSON.stringify(key, undefined, 2)}\n`;
}

/** False when there is such a file already. */
async function writeNew(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new ZpipeError(`${file} cannot be written: ${messageOf(error)}`, { code: "no-key", cause: error });
  }
}

function taken(file: string): ZpipeError {
  return new ZpipeError(`${file} is there already`, {
    code: "key-exists",
    exitCode: ExitCode.usage,
    hints: ["Give the client another name, or remove its file and its line among the authorized."],
  });
}

function badName(name: string): ZpipeError {
  return new ZpipeError(`a client cannot be called ${JSON.stringify(name)}`, {
    code: "bad-name",
    exitCode: ExitCode.usage,
    hints: ["Use letters, digits, `_`, `-` and `.`, at most 64 of them; `server` is taken."],
  });
}
