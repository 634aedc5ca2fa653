import { constants } from "node:os";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Topology } from "../topology/types.js";

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

/** Throws when a node of the topology would read the keys, or write across the dashboard. */
export function mustLeaveTerminal({ name, sources, stages }: Pick<Topology, "name" | "sources" | "stages">): void {
  const source = sources.find(({ input }) => input.kind === "stdin");
  const sink = stages.find(({ run }) => run.kind === "stdout");
  if (source === undefined && sink === undefined) return;
  const why = source
    ? `its source ${source.name} reads standard input`
    : `its sink ${sink!.name} writes to standard output`;
  throw new ZpipeError(`${name} leaves no terminal for a dashboard: ${why}`, {
    code: "terminal-in-use",
    exitCode: ExitCode.usage,
    hints: ["Start it without --top, and watch it from another terminal with `zpipe top`."],
  });
}

/**
 * Has the terminal given back before a crash is reported, and before a signal ends the process. Returns how to end that.
 * (What ends by process.exit is seen to by the screen.)
 */
export function guardTerminal(giveBack: () => void): () => void {
  const onSignal = endsAfter(giveBack);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  const unguard = restoreOnCrash(giveBack);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    unguard();
  };
}

/** The same for a crash, and for the signal that asks for one. */
export function restoreOnCrash(giveBack: () => void): () => void {
  const onQuit = endsAfter(giveBack);
  process.on("SIGQUIT", onQuit);
  process.on("uncaughtExceptionMonitor", giveBack);
  return () => {
    process.off("SIGQUIT", onQuit);
    process.off("uncaughtExceptionMonitor", giveBack);
  };
}

function endsAfter(giveBack: () => void): (signal: NodeJS.Signals) => never {
  return (signal) => {
    giveBack();
    process.exit(128 + constants.signals[signal]);
  };
}
