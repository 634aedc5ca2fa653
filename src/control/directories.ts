import { accessSync, constants } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where run directories are: in the session's runtime directory if it can be used, else in one of the user's own. */
export function runtimeDirectory(env: Environment = process.env): string {
  const { XDG_RUNTIME_DIR: session } = env;
  return session && isWritable(session) ? join(session, "zpipe") : join(tmpdir(), `zpipe-${userId()}`);
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where logs are kept. */
export function stateDirectory(env: Environment = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "zpipe");
}

/** Of the logs of all runs of that name. */
export function logDirectory(name: string, env: Environment = process.env): string {
  return join(stateDirectory(env), name, "log");
}

export function deadLetterFile(name: string, env: Environment = process.env): string {
  return join(stateDirectory(env), name, "dead-letters.jsonl");
}

export function userId(): number {
  return process.getuid?.() ?? 0;
}
