import type { FromChild } from "../plan/child.js";
import { type Child, type Exit, spawnChild } from "./child.js";
import { environmentOf } from "./environment.js";
import type { FleetOptions } from "./fleet-options.js";
import { lineEntry } from "./log-message.js";
import type { Member } from "./member.js";

export interface MemberHandlers {
  readonly onMessage: (message: FromChild) => void;
  readonly onExit: (exit: Exit) => void;
}

/** Gives a member a process, whose output goes to the log, and tells that what it is to host. */
export function spawnMember(member: Member, options: FleetOptions, { onMessage, onExit }: MemberHandlers): void {
  const epoch = ++member.epoch;
  const { entry, directory, guardian, deadLetters, metadata } = options;
  const current = (act: () => void) => {
    if (member.epoch === epoch && member.child !== undefined) act();
  };
  const { readsInput, writesOutput } = member;
  const child: Child = spawnChild(
    { entry, env: environmentOf(member.nodes), readsInput, writesOutput },
    {
      onMessage: (message) => current(() => onMessage(message)),
      onLine: (stream, line) => {
        if (stream === "stderr") member.remember(line.text);
        options.onLog(lineEntry(member.label, stream, line));
      },
      onExit: (exit) => {
        if (child.pid !== undefined) guardian.forget(child.pid);
        onExit(exit);
      },
    },
  );
  if (child.pid !== undefined) guardian.watch(child.pid);
  member.started(child, performance.now());
  // Meanwhile the child loads itself. That it cannot be compiled, is told by the run.
  void options.compiled.then(
    (compiled) =>
      current(() => {
        const { number: process, nodes } = member;
        child.send({ type: "start", directory, epoch, process, nodes, metadata, compiled, deadLetters });
      }),
    () => {},
  );
}
