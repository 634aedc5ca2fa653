import { toShared } from "../../metrics/shared-clock.js";
import { REQUEST_OUTCOMES, type RequestOutcome, type TracedRequest, type TraceQuestion } from "../../plan/trace.js";

/** 1.9 MB, of which the machine gives only what has been written to. */
const REMEMBERED = 65_536;

/** The slowest that are told each time. */
export const MOST_SLOWEST = 10;

/** Whose requests they are. */
export interface RequestOwnership {
  readonly session: number;
  readonly owner: string;
  /** `GET /`, `line 17`: of the number that was given when it ended. */
  entryOf(entry: number): string | undefined;
  /** When a request that is still open was admitted, in ms of this process, and where it entered. */
  openSince(seq: number): { readonly startedAt: number; readonly entry: number } | undefined;
}

const OUTCOME_NUMBERS = { pending: 0, done: 1, failed: 2, timeout: 3, cancelled: 4 } as const satisfies Record<
  RequestOutcome,
  number
>;

/**
 * Remembers the requests that have ended last, each at a place of its own by the low bits of its number, and the slowest
 * of them since somebody asked. Nothing is allocated for a request, unless it is one of the slowest.
 */
export class RequestLog {
  private readonly mask: number;
  private readonly seq: Uint32Array;
  private readonly entry: Float64Array;
  private readonly startedAt: Float64Array;
  private readonly endedAt: Float64Array;
  /** 0, which is "pending": nothing is here. */
  private readonly outcome: Uint8Array;
  private slowest: { readonly seq: number; readonly tookMs: number }[] = [];
  /** What is not slower than that is none of the slowest. */
  private threshold = Number.NEGATIVE_INFINITY;

  /** @param size a power of two */
  constructor(
    private readonly ownership: RequestOwnership,
    size = REMEMBERED,
  ) {
    this.mask = size - 1;
    this.seq = new Uint32Array(size);
    this.entry = new Float64Array(size);
    this.startedAt = new Float64Array(size);
    this.endedAt = new Float64Array(size);
    this.outcome = new Uint8Array(size);
  }

  /** A request has ended; both times in ms of this process. */
  add(
    seq: number,
    entry: number,
    startedAt: number,
    endedAt: number,
    outcome: Exclude<RequestOutcome, "pending">,
  ): void {
    const at = seq & this.mask;
    this.seq[at] = seq;
    this.entry[at] = entry;
    this.startedAt[at] = startedAt;
    this.endedAt[at] = endedAt;
    this.outcome[at] = OUTCOME_NUMBERS[outcome];
    const tookMs = endedAt - startedAt;
    if (tookMs > this.threshold) this.enterSlow(seq, tookMs);
  }

  answer(question: TraceQuestion): readonly TracedRequest[] {
    switch (question.about) {
      case "requests":
        return this.findAll(
          question.requests.filter(({ session }) => session === this.ownership.session).map(({ seq }) => seq),
        );
      case "slowest":
        return this.findAll(this.takeSlowest());
      case "hops":
        return [];
    }
  }

  private takeSlowest(): number[] {
    const taken = this.slowest.map(({ seq }) => seq);
    this.slowest = [];
    this.threshold = Number.NEGATIVE_INFINITY;
    return taken;
  }

  private enterSlow(seq: number, tookMs: number): void {
    this.slowest.push({ seq, tookMs });
    if (this.slowest.length <= MOST_SLOWEST) return;
    this.slowest.sort((a, b) => b.tookMs - a.tookMs);
    this.slowest.pop();
    this.threshold = this.slowest.at(-1)!.tookMs;
  }

  private findAll(seqs: readonly number[]): TracedRequest[] {
    return seqs.map((seq) => this.find(seq)).filter((found) => found !== undefined);
  }

  private find(seq: number): TracedRequest | undefined {
    const { session, owner } = this.ownership;
    const at = seq & this.mask;
    const outcome = REQUEST_OUTCOMES[this.outcome[at]!]!;
    if (outcome !== "pending" && this.seq[at] === seq) {
      const startedAt = this.startedAt[at]!;
      const tookMs = this.endedAt[at]! - startedAt;
      const entry = this.ownership.entryOf(this.entry[at]!);
      return { session, seq, owner, entry, startedAt: toShared(startedAt), tookMs, outcome };
    }
    const open = this.ownership.openSince(seq);
    if (open === undefined) return undefined;
    const entry = this.ownership.entryOf(open.entry);
    return { session, seq, owner, entry, startedAt: toShared(open.startedAt), tookMs: undefined, outcome: "pending" };
  }
}
