/** Plain counters, bumped on the hot path and read by the metrics. */
export interface HttpStats {
  /** Requests whose head was parsed, whatever became of them. */
  received: number;
  /** Requests that are in the graph now. */
  inFlight: number;
  /** Requests whose client hung up before the answer. */
  cancelled: number;
  /** By the path of the route, as the topology has it; NO_ROUTE: of none. */
  readonly answers: Record<string, Answers>;
}

/** How many, by status. */
export type Answers = Record<number, number>;

/** What is not found, is no HTTP, or is a file. */
export const NO_ROUTE = "";

export function newStats(): HttpStats {
  return { received: 0, inFlight: 0, cancelled: 0, answers: {} };
}

/** What is counted of a route; it is looked up once, not for each answer. */
export function answersOn(stats: HttpStats, path: string): Answers {
  stats.answers[path] ??= {};
  return stats.answers[path];
}

export function countAnswer(answers: Answers, status: number): void {
  answers[status] = (answers[status] ?? 0) + 1;
}
