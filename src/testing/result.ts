/** What became of the tests of one topology. */
export interface SuiteResult {
  /** Name of the topology. */
  readonly name: string;
  /** Absolute path of its file. */
  readonly file: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** In file order. */
  readonly tests: readonly TestResult[];
}

export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  /** From the first byte that was sent until all had come back. */
  readonly durationMs: number;
  /** None when it is ok. */
  readonly faults: readonly Fault[];
  /** What the nodes said meanwhile, the last lines of it; none when it is ok. */
  readonly log: readonly string[];
}

/** One thing that was otherwise than it should have been. */
export interface Fault {
  readonly what: "answer" | "results" | "failures" | "time" | "kill" | "run";
  readonly expected: string;
  readonly actual: string;
}
