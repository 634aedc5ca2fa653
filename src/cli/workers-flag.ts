import { ExitCode, ZpipeError } from "../errors.js";

/** `["square=4", "sum=2"]` → counts by stage. oclif gives the variable of a repeatable flag as one string: `square=4,sum=2`. */
export function parseWorkers(values: string | readonly string[]): ReadonlyMap<string, number> {
  return new Map([values].flat().flatMap((value) => value.split(",").map(parseOne)));
}

function parseOne(value: string): readonly [string, number] {
  const [, stage, count] = /^([^=]+)=(\d+)$/.exec(value) ?? [];
  if (stage !== undefined) return [stage, Number(count)];
  throw new ZpipeError(`${JSON.stringify(value)} is not STAGE=NUMBER`, {
    code: "bad-workers",
    exitCode: ExitCode.usage,
    hints: ["Write it as --workers square=4; repeat it for more stages."],
  });
}
