/** Exit codes of the command line; 130 is what shells use for "ended by Ctrl-C". */
export const ExitCode = {
  failed: 1,
  usage: 2,
  unavailable: 3,
  /** A benchmark missed a threshold. */
  missed: 4,
  /** Under chaos something was lost, doubled or wrong. */
  broken: 5,
  forced: 130,
} as const;

export interface ZpipeErrorOptions {
  /** Stable, machine-readable name of the failure, e.g. `run-not-found`. */
  readonly code: string;
  readonly exitCode?: number;
  /** What the user can do about it: whole sentences, shown one a line. */
  readonly hints?: readonly string[];
  readonly cause?: unknown;
  /** More for machines, shown by --json only: e.g. the diagnostics of a topology. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error type for what a user can cause or mend. Any other error that reaches the top is a bug of zpipe. */
export class ZpipeError extends Error {
  override readonly name = "ZpipeError";
  readonly code: string;
  readonly exitCode: number;
  readonly hints: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: ZpipeErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hints = options.hints ?? [];
    this.details = options.details ?? {};
  }
}

/** What a thrown value says of itself, whatever it is. */
export function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : String(error);
}

/** Ends an exhaustive switch: it does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
