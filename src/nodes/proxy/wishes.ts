import type { RequestId } from "../../protocol/messages.js";

/** How long a cancellation is remembered, to catch parts that were on their way when it came. */
const REMEMBER_MS = 30_000;

/** Which requests nobody waits for any more. Asking costs one comparison while nothing was cancelled. */
export class DeadWishes {
  private recent = new Map<number, Set<number>>();
  private older = new Map<number, Set<number>>();
  private readonly lostSessions = new Set<number>();
  private rotatedAt = 0;
  private any = false;

  cancel(request: RequestId, now: number): void {
    if (now - this.rotatedAt > REMEMBER_MS) {
      this.older = this.recent;
      this.recent = new Map();
      this.rotatedAt = now;
    }
    const seqs = this.recent.get(request.session) ?? new Set();
    this.recent.set(request.session, seqs.add(request.seq));
    this.any = true;
  }

  /** Its owner died: every request of that session. */
  loseSession(session: number): void {
    this.lostSessions.add(session);
    this.any = true;
  }

  has(request: RequestId): boolean {
    if (!this.any) return false;
    const { session, seq } = request;
    return (
      this.lostSessions.has(session) ||
      this.recent.get(session)?.has(seq) === true ||
      this.older.get(session)?.has(seq) === true
    );
  }

  /** Every request of the session. */
  hasSession(session: number): boolean {
    return this.any && this.lostSessions.has(session);
  }

  /** Any of so many requests of the session, from `seq` on. */
  hasAny({ session, seq }: RequestId, count: number): boolean {
    if (!this.any) return false;
    if (this.lostSessions.has(session)) return true;
    for (const seqs of [this.recent.get(session), this.older.get(session)]) {
      if (!seqs) continue;
      // After a resend there are as many as there were jobs in the graph, and every piece of a train asks.
      if (seqs.size > count) {
        for (let i = 0; i < count; i++) if (seqs.has((seq + i) >>> 0)) return true;
      } else for (const each of seqs) if ((each - seq) >>> 0 < count) return true;
    }
    return false;
  }
}
