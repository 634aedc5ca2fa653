import type { DeadLetter, JobFailure } from "../../plan/child.js";
import type { SourcePlan } from "../../plan/types.js";
import { type Failure, requestName } from "../../protocol/messages.js";
import { type DeadLetterFile, payloadOf } from "../owner/dead-letters.js";
import type { Progress } from "./checkpoint.js";
import { entryOf, placeOf, type SourceClaim } from "./claim.js";

/** Failures that are kept to be told at the end. */
const MOST_TOLD = 20;

/** The jobs of a source that have failed: their number, the first of them, and a dead letter of each. */
export class Failures {
  private readonly told = new Map<string, JobFailure>();
  /** In which jobs have failed that count as failed, as their dead letters name them. */
  private readonly livesOfFailed: Set<string>;
  private total: number;

  constructor(
    private readonly plan: SourcePlan,
    private readonly session: number,
    private readonly letters: DeadLetterFile,
    { failed, lives }: Progress,
  ) {
    this.total = failed;
    this.livesOfFailed = new Set(lives);
  }

  get count(): number {
    return this.total;
  }

  get lives(): string[] {
    return [...this.livesOfFailed];
  }

  /** The first of them. */
  list(): JobFailure[] {
    return [...this.told.values()];
  }

  add(claim: SourceClaim, { stage, message }: Pick<Failure, "stage" | "message">): void {
    this.total++;
    const { body, seq, lane } = claim;
    const job = claim.letter?.entry ?? placeOf(this.plan, entryOf(claim))!;
    const id = requestName(this.session, seq);
    this.livesOfFailed.add(lifeOf(id));
    if (this.told.size < MOST_TOLD) this.told.set(id, { job, stage, message });
    // Before it counts as settled: it must not be lost between the two.
    this.letters.add({
      id,
      time: new Date().toISOString(),
      owner: this.plan.name,
      entry: job,
      route: 0,
      stage,
      message,
      ...payloadOf(body),
      lane,
    });
  }

  /** It was sent again and has come to its end, this way or the other: it is not one of the failed any more. */
  replace({ id }: DeadLetter): void {
    this.letters.remove(id);
    // One that failed in another run is not among those that are counted here.
    if (this.livesOfFailed.has(lifeOf(id))) this.total--;
    this.told.delete(id);
  }
}

/** The life of the source in which the job of a dead letter was made: its name begins with the session. */
function lifeOf(letter: string): string {
  return letter.slice(0, letter.indexOf("-"));
}
