import { Cron } from "croner";

/** When a cron pattern is due. */
export interface CronTimes {
  /** The first time after that one, in ms since 1970; undefined: never again. */
  next(afterMs: number): number | undefined;
}

/**
 * Minute, hour, day of the month, month, day of the week; a sixth field before them is the second.
 * @param timezone as in the IANA database, such as "Europe/Oslo"; undefined: that of the machine
 * @throws Error that says what is wrong with the pattern or the timezone
 */
export function parseCron(pattern: string, timezone: string | undefined): CronTimes {
  const options = timezone === undefined ? {} : { timezone };
  const cron = new Cron(pattern, { mode: "5-or-6-parts", paused: true, ...options });
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}
