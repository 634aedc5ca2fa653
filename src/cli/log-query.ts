import { ExitCode, messageOf, ZpipeError } from "../errors.js";
import { parseDuration } from "../topology/units.js";

/** A regular expression, as --grep has it. */
export function parsePattern(pattern: string, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(pattern, ignoreCase ? "i" : "");
  } catch (error) {
    throw new ZpipeError(`--grep is not a regular expression: ${messageOf(error)}`, {
      code: "bad-pattern",
      exitCode: ExitCode.usage,
      hints: ["A backslash makes a letter of `. * + ? ( ) [ ] { } ^ $ | \\`."],
    });
  }
}

const DAY_MS = 86_400_000;

/** `5m` ago, a time as the log shows it (today, or yesterday when it is still to come), or a date: ms since 1970. */
export function parseSince(text: string, now = Date.now()): number {
  const days = /^(\d{1,4})d$/.exec(text);
  const ago = days === null ? parseDuration(text) : Number(days[1]) * DAY_MS;
  if (ago !== undefined) return now - ago;
  const clock = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = clock.slice(1, 4).map((part) => Number(part ?? 0));
    const at = new Date(now).setHours(hours!, minutes, seconds, Number((clock[4] ?? "0").padEnd(3, "0")));
    if (hours! < 24 && minutes! < 60 && seconds! < 60)
      return at > now ? new Date(at).setDate(new Date(at).getDate() - 1) : at;
  }
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(isDate(text) ? `${text}T00:00` : text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new ZpipeError(`--since ${JSON.stringify(text)} is no time`, {
    code: "bad-since",
    exitCode: ExitCode.usage,
    hints: ["Write 30s, 5m, 2h or 3d for so long ago, 12:30:05, 2026-01-31, or 2026-01-31T12:30:05Z."],
  });
}

/** Without a time a date means midnight here, as a time without a zone does. */
function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}
