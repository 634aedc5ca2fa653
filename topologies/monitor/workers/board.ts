import { drop, to } from "zpipe";

export interface Measurement {
  /** The tick of the clock at which it was made: the same for all that were made at once. */
  readonly tick: number;
  readonly probe: string;
  readonly host: string;
  /** Processes that want to run, over the last minute. */
  readonly load: number;
  /** The share of memory that is in use. */
  readonly memory: number;
}

interface Minute {
  readonly time: string;
}

/** A probe that has not been heard of for so many ticks is gone. */
const PATIENCE = 5;

const board = new Map<string, Measurement>();

/** A measurement is kept, a minute makes a report, and a request, which brings neither, gets the whole board. */
export default (job: Measurement | Minute | Record<string, never>) => {
  if ("probe" in job) {
    keep(job as Measurement);
    return drop();
  }
  return "time" in job ? to("reports", report(job as Minute)) : latest();
};

function keep(measurement: Measurement): void {
  board.set(measurement.probe, measurement);
  for (const { probe, tick } of board.values()) if (measurement.tick - tick >= PATIENCE) board.delete(probe);
}

function latest(): readonly Measurement[] {
  return [...board.values()].sort((a, b) => a.probe.localeCompare(b.probe, "en", { numeric: true }));
}

function report({ time }: Minute) {
  const all = latest();
  const [busiest] = [...all].sort((a, b) => b.load - a.load);
  return { time, hosts: new Set(all.map(({ host }) => host)).size, probes: all.length, busiest };
}
