import { readDeadLetters } from "../control/dead-letters.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { DeadLetter } from "../plan/child.js";
import { printable } from "../printable.js";
import { didYouMean } from "../topology/nearest.js";
import { controlOf } from "./control.js";
import { loggedNames } from "./log-target.js";
import { formatTable } from "./table.js";

const LONGEST = 60;

/** The letters of a run's name that are meant: all of them, or those with these ids. */
export async function lettersOf(name: string, ids: readonly string[]): Promise<readonly DeadLetter[]> {
  const letters = await readDeadLetters(name);
  if (letters.length === 0) await mustBeKnown(name);
  const known = letters.map(({ id }) => id);
  const strange = ids.find((id) => !known.includes(id));
  if (strange !== undefined) {
    throw new ZpipeError(`${name} has no dead letter ${JSON.stringify(strange)}`, {
      code: "unknown-letter",
      exitCode: ExitCode.usage,
      hints: [didYouMean(strange, known) ?? `List them with: zpipe dead-letters ${name}`],
    });
  }
  return ids.length === 0 ? letters : letters.filter(({ id }) => ids.includes(id));
}

/** A run that lost nothing has no dead letters; one that never was has none either, but its name is a slip. */
async function mustBeKnown(name: string): Promise<void> {
  // A run has a log from its start.
  const known = await loggedNames();
  if (known.includes(name)) return;
  throw new ZpipeError(`no topology named ${JSON.stringify(name)} is running, and there is nothing of one that did`, {
    code: "run-not-found",
    exitCode: ExitCode.unavailable,
    hints: [didYouMean(name, known) ?? "`zpipe run` and `zpipe up` say the name, which is that in the topology file."],
  });
}

export function formatLetters(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return "no dead letters";
  return formatTable(
    ["ID", "TIME", "FROM", "JOB", "STAGE", "WHY", "PAYLOAD"],
    letters.map(({ id, time, owner, entry, stage, message, payload }) => [
      id,
      time.slice(0, 19).replace("T", " "),
      owner,
      entry,
      stage,
      cut(message),
      cut(payload),
    ]),
  );
}

/** Their payloads as JSON lines, to be read by a source again. */
export function payloadLines(letters: readonly DeadLetter[]): string {
  return letters.map(({ kind, payload }) => (kind === "json" ? oneLine(payload) : JSON.stringify(payload))).join("\n");
}

export async function resend(name: string, letters: readonly DeadLetter[]): Promise<string> {
  const control = await controlOf(name).catch(() => {
    throw new ZpipeError(`${name} is not running, so there is nobody to take its jobs again`, {
      code: "run-not-found",
      exitCode: ExitCode.unavailable,
      hints: [
        "If it serves: start it with `zpipe up FILE`, and send them then.",
        `If it is a batch: \`zpipe dead-letters ${name} --payloads\` prints them as JSON lines, for a source to read.`,
      ],
    });
  });
  await control.resend(letters);
  return letters.length === 1 ? "1 job was sent again" : `${letters.length} jobs were sent again`;
}

function cut(text: string): string {
  const line = printable(oneLine(text));
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** In JSON, a line end is a space. */
function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
