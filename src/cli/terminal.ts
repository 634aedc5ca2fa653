import { constants } from "node:os";
import { ExitCode, ZpipeError } from "../errors.js";

/** Throws where nothing can be drawn, or nobody could press a key. */
export function mustBeTerminal(hint: string): void {
  const { stdin, stdout, env } = process;
  if (stdin.isTTY && stdout.isTTY && env.TERM !== "dumb") return;
  throw new ZpipeError("this is no terminal that a dashboard can be shown on", {
    code: "no-terminal",
    exitCode: ExitCode.usage,
    hints: [hint],
  });
}

/**
 * Has the terminal given back before a crash is reported, and before a signal ends the process. Returns how to end that.
 * (What ends by process.exit is seen to by the screen.)
 */
export function guardTerminal(giveBack: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    giveBack();
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const unguard = restoreOnCrash(giveBack);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    unguard();
  };
}

export function restoreOnCrash(giveBack: () => void): () => void {
  process.on("uncaughtExceptionMonitor", giveBack);
  return () => void process.off("uncaughtExceptionMonitor", giveBack);
}
