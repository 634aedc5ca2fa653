import { ZpipeError } from "../errors.js";
import { describeExit } from "./child.js";
import { RESTART_LIMIT, START_LIMIT } from "./lifecycle.js";
import type { Member } from "./member.js";

/** Starts in a row that came to nothing, after which a process is given up. */
export function startLimit({ unproven, proven, mistake }: Member, serving: boolean): number {
  // It had no job in hand that could be the cause.
  if (unproven === "unused" && !proven) return START_LIMIT;
  if (serving) return RESTART_LIMIT;
  return mistake === undefined ? START_LIMIT : 1;
}

/** Why a run cannot go on without this process, with the last it has said. */
export function startFailure(member: Member): ZpipeError {
  if (member.mistake !== undefined) return new ZpipeError(member.mistake.message, member.mistake);
  const how =
    member.lastExit === undefined ? "" : `: ${member.unproven ? member.failure : describeExit(member.lastExit)}`;
  const times = `after ${member.life.unready} attempts`;
  const summary = `${member.label} could not be started${how} (${times})`;
  const said = member.tail.length > 0 ? member.tail : (member.failure?.split("\n") ?? []);
  return new ZpipeError([summary, ...said.map((line) => `  ${line}`)].join("\n"), { code: "start-failed" });
}

/** The process without which the run is of no use any more: one of the core, or the last worker of a stage. */
export function collapse(members: readonly Member[]): Member | undefined {
  const fatal = members.find((member) => member.fatal);
  if (fatal !== undefined) return fatal;
  const failed = members.filter((member) => member.life.state === "failed");
  return failed.find((member) => member.essential || stagesOf(member).some((stage) => isLost(stage, members)));
}

function isLost(stage: string, members: readonly Member[]): boolean {
  return members.filter((member) => stagesOf(member).includes(stage)).every(({ life }) => life.state === "failed");
}

function stagesOf(member: Member): readonly string[] {
  return member.nodes.flatMap((node) => (node.kind === "worker" ? [node.stage] : []));
}
