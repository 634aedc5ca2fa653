import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { stateDirectory } from "../control/directories.js";

export type DetachedOutcome =
  | { readonly type: "message"; readonly message: unknown }
  | { readonly type: "exit"; readonly code: number | null }
  | { readonly type: "timeout" };

export interface Detached {
  /** Where its stderr goes. */
  readonly log: string;
  firstMessage(wanted: (message: unknown) => boolean, timeoutMs: number | undefined): Promise<DetachedOutcome>;
  /** Lets it go on by itself. */
  release(): void;
}

/** Starts Node in a session of its own, with an IPC channel for its first words. */
export function spawnDetached(argv: readonly string[], env: Readonly<Record<string, string>>): Detached {
  const log = join(stateDirectory(), "detached.log");
  mkdirSync(stateDirectory(), { recursive: true, mode: 0o700 });
  const descriptor = openSync(log, "a", 0o600);
  const subprocess = execa(process.execPath, [...argv], {
    ipc: true,
    serialization: "json",
    stdin: "ignore",
    stdout: "ignore",
    // Any descriptor will do; the types know only the standard ones.
    stderr: descriptor as 2,
    env,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
  });
  closeSync(descriptor);
  return {
    log,
    firstMessage: (wanted, timeoutMs) =>
      new Promise((resolve) => {
        if (timeoutMs !== undefined) setTimeout(() => resolve({ type: "timeout" }), timeoutMs).unref();
        subprocess.on("message", (message) => {
          if (wanted(message)) resolve({ type: "message", message });
        });
        subprocess.once("exit", (code) => resolve({ type: "exit", code }));
      }),
    release: () => {
      if (subprocess.connected) subprocess.disconnect();
      subprocess.unref();
    },
  };
}
