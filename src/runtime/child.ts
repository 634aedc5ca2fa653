import { execa } from "execa";
import { outputRead } from "../output.js";
import type { FromChild, ToChild } from "../plan/child.js";
import { type Line, splitLines } from "./lines.js";

/** A running child process, the leader of a process group of its own. */
export interface Child {
  readonly pid: number | undefined;
  /** Messages to a child that is gone are dropped: its exit is what tells. */
  send(message: ToChild): void;
  /** Sends the signal to the child and to all it has started. */
  signal(signal: NodeJS.Signals): void;
}

export interface ChildHandlers {
  readonly onMessage: (message: FromChild) => void;
  readonly onLine: (stream: "stdout" | "stderr", line: Line) => void;
  /** The last call: its output has been read, and its group is gone. */
  readonly onExit: (exit: Exit) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not even be started. */
  readonly error?: Error;
}

export interface ChildOptions {
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** It reads our standard input. */
  readonly readsInput: boolean;
  /** It writes to our standard output, beside its own. */
  readonly writesOutput: boolean;
}

export function spawnChild({ entry, env, readsInput, writesOutput }: ChildOptions, handlers: ChildHandlers): Child {
  // A terminal answers only the session that it belongs to, and a child has one of its own.
  const isTyped = readsInput && process.stdin.isTTY === true;
  const subprocess = execa(process.execPath, ["--enable-source-maps", entry], {
    ipc: true,
    // A plan may hold what JSON has no word for: the default of a bigint field.
    serialization: "advanced",
    stdio: [
      isTyped ? "pipe" : readsInput ? "inherit" : "ignore",
      "pipe",
      "pipe",
      // The descriptor of DATA_OUT.
      ...(writesOutput ? ([1] as const) : []),
    ],
    env,
    detached: true,
    buffer: false,
    cleanup: false,
    reject: false,
  });
  if (isTyped) process.stdin.pipe(subprocess.stdin!);
  const signal = (name: NodeJS.Signals) => signalGroup(subprocess.pid, name);

  let ended = false;
  const end = async (exit: Exit) => {
    if (ended) return;
    ended = true;
    signal("SIGKILL");
    if (exit.error === undefined) await outputRead(subprocess);
    handlers.onExit(exit);
  };
  subprocess.once("exit", (code, signalName) => void end({ code, signal: signalName }));
  subprocess.once("error", (error) => {
    if (subprocess.pid === undefined) void end({ code: null, signal: null, error });
  });
  subprocess.on("message", (message) => handlers.onMessage(message as FromChild));
  splitLines(subprocess.stdout, (line) => handlers.onLine("stdout", line));
  splitLines(subprocess.stderr, (line) => handlers.onLine("stderr", line));

  return {
    pid: subprocess.pid,
    send: (message) => {
      // The callback takes the error of a channel that closes just now.
      if (subprocess.connected) subprocess.send(message, () => {});
    },
    signal,
  };
}

export function describeExit(exit: Exit): string {
  if (exit.error !== undefined) return `it could not be started: ${exit.error.message}`;
  return exit.signal === null ? `exit code ${exit.code}` : `killed by ${exit.signal}`;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
