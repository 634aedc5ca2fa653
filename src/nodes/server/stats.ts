/** Plain counters, bumped on the hot path and read by the metrics. */
export interface HttpStats {
  /** Requests whose head was parsed, whatever became of them. */
  received: number;
  /** Requests that are in the graph now. */
  inFlight: number;
  /** Requests whose client hung up before the answer. */
  cancelled: number;
  readonly byStatus: Record<number, number>;
}

export function newStats(): HttpStats {
  return { received: 0, inFlight: 0, cancelled: 0, byStatus: {} };
}

export function countAnswer(stats: HttpStats, status: number): void {
  stats.byStatus[status] = (stats.byStatus[status] ?? 0) + 1;
}
