import { chmod, lstat, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../control/alive.js";
import { type Environment, runtimeDirectory, userId } from "../control/directories.js";
import { RECORD_FILE, type RunRecord, readRecord } from "../control/record.js";
import { messageOf, ZpipeError } from "../errors.js";

export interface RunDirectory {
  readonly record: RunRecord;
  update(changes: Partial<RunRecord>): Promise<void>;
  remove(): Promise<void>;
}

/** What sockaddr_un holds, and what zpipe adds to the path of the directory: `/control.sock`, `/999.99a`. */
const LONGEST_SOCKET_PATH = 107;
const LONGEST_SOCKET_NAME = "/control.sock".length + 1;

/**
 * Takes the name for a run of this process. The directory is made complete under another name and then renamed, which
 * fails when somebody has it: so of two that start at the same time, one gets it, and nobody sees half a directory.
 */
export async function claimRunDirectory(
  details: Omit<RunRecord, "directory">,
  env: Environment = process.env,
): Promise<RunDirectory> {
  const base = await baseDirectory(env);
  const path = join(base, details.name);
  const isShort = Buffer.byteLength(path) + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH;
  const directory = isShort ? path : await mkdtemp("/tmp/zpipe-");
  const record = { ...details, directory };
  const draft = await mkdtemp(join(base, ".new-"));
  await writeRecord(draft, record);
  try {
    await take(draft, path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isShort) await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return runDirectory(path, record);
}

function runDirectory(path: string, first: RunRecord): RunDirectory {
  let record = first;
  let removed = false;
  let written: Promise<unknown> = Promise.resolve();
  return {
    get record() {
      return record;
    },
    update: (changes) => {
      record = { ...record, ...changes };
      // One after the other: all of them write the same file.
      const update = written.then(() => (removed ? undefined : writeRecord(path, record)));
      written = update.catch(() => {});
      return update;
    },
    remove: async () => {
      removed = true;
      await written;
      await rm(path, { recursive: true, force: true });
      if (record.directory !== path) await rm(record.directory, { recursive: true, force: true });
    },
  };
}

async function take(draft: string, path: string): Promise<void> {
  for (;;) {
    try {
      return await rename(draft, path);
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST"].includes(codeOf(error))) throw error;
    }
    const holder = await readRecord(path);
    if (holder !== undefined && (await isAlive(holder))) throw alreadyRunning(holder);
    await removeStale(path);
  }
}

/**
 * Removes what a run that is dead has left. One at a time: between a look and a removal by somebody else, the directory
 * could be that of a new run. Whoever comes second waits a moment, and looks again.
 */
async function removeStale(path: string): Promise<void> {
  const lock = join(dirname(path), `.lock-${basename(path)}`);
  try {
    await mkdir(lock);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    await waitFor(lock);
    return;
  }
  try {
    const holder = await readRecord(path);
    if (holder !== undefined && (await isAlive(holder))) return;
    // Whole, at once: another run may take the place of an empty directory.
    await rename(path, join(lock, "run"));
    if (holder !== undefined && holder.directory !== path) await removeShortDirectory(holder.directory);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** A removal takes milliseconds: after so long its process has died. */
const LOCK_MS = 10_000;
const LOCK_POLL_MS = 10;

async function waitFor(lock: string): Promise<void> {
  const { mtimeMs } = await lstat(lock).catch(() => ({ mtimeMs: Date.now() }));
  if (Date.now() - mtimeMs > LOCK_MS) await rm(lock, { recursive: true, force: true });
  await sleep(LOCK_POLL_MS);
}

/** A record is only text: nothing is removed that zpipe would not have made itself. */
async function removeShortDirectory(directory: string): Promise<void> {
  if (/^\/tmp\/zpipe-\w{6}$/.test(directory)) await rm(directory, { recursive: true, force: true });
}

async function baseDirectory(env: Environment): Promise<string> {
  const directory = runtimeDirectory(env);
  try {
    await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
    await ensurePrivate(directory);
    return directory;
  } catch (cause) {
    throw new ZpipeError(`there is no place for the run directory: ${messageOf(cause)}`, {
      code: "no-run-directory",
      hints: ["Set XDG_RUNTIME_DIR to a directory that is yours and writable."],
      cause,
    });
  }
}

/** In a directory that others can write to, they could put their own sockets in place of ours. */
async function ensurePrivate(directory: string): Promise<void> {
  const stats = await lstat(directory);
  if (!stats.isDirectory() || stats.uid !== userId()) throw new Error(`${directory} is not a directory of this user`);
  if ((stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
}

async function writeRecord(directory: string, record: RunRecord): Promise<void> {
  const file = join(directory, RECORD_FILE);
  await writeFile(`${file}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function alreadyRunning(holder: RunRecord): ZpipeError {
  return new ZpipeError(`${JSON.stringify(holder.name)} is already running (pid ${holder.pid})`, {
    code: "already-running",
    hints: [`Stop it with \`zpipe down ${holder.name}\`, or start this one under another name: --name NAME.`],
  });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
