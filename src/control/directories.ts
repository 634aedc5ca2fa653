import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where run directories may be, the preferred place first. */
export function runtimeDirectories(env: Environment = process.env): readonly string[] {
  const perUser = join(tmpdir(), `zpipe-${userId()}`);
  return env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "zpipe"), perUser] : [perUser];
}

/** Where logs are kept. */
export function stateDirectory(env: Environment = process.env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "zpipe");
}

export function logFile(name: string, env: Environment = process.env): string {
  return join(stateDirectory(env), name, "run.log");
}

export function userId(): number {
  return process.getuid?.() ?? 0;
}
