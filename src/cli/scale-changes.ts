import type { ScaleChange } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";

/** Joins `square -1` to `square=-1`, so that no parser takes `-1` for a flag. */
export function joinCounts(argv: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const last = joined.at(-1);
    const follows = last !== undefined && !last.startsWith("-") && !last.includes("=");
    if (follows && /^[+-]?\d+$/.test(argument)) joined.splice(-1, 1, `${last}=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

/** `["square=4", "sum=+1"]` → what `scale` takes. */
export function parseChanges(values: readonly string[]): readonly ScaleChange[] {
  if (values.length === 0) throw usage("no stage was named");
  return values.map(parseChange);
}

function parseChange(value: string): ScaleChange {
  const [, stage, sign, digits] = /^([^=]+)=([+-]?)(\d+)$/.exec(value) ?? [];
  if (stage === undefined) throw usage(`${JSON.stringify(value)} says no number of workers`);
  if (sign === "") return { stage, to: Number(digits) };
  return { stage, to: { delta: Number(`${sign}${digits}`) } };
}

function usage(message: string): ZpipeError {
  return new ZpipeError(message, {
    code: "bad-scale",
    exitCode: ExitCode.usage,
    hints: ["Write for example: zpipe scale square 4 sum +1"],
  });
}
