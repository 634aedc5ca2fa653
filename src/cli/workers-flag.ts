import { ExitCode, ZpipeError } from "../errors.js";

/** `["square=4", "sum=2"]` → counts by stage. */
export function parseWorkers(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map(values.map(parseOne));
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
