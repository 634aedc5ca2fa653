import type { FastifyReply } from "fastify";
import type { Connection, Waiting } from "./connections.js";
import type { Outcome, Submission } from "./gateway.js";
import type { OutcomeWriter } from "./outcome.js";
import type { HttpStats } from "./stats.js";

type Accepted = Extract<Submission, { accepted: true }>;

/** One request in the graph, until it is answered or its client is gone. */
export class Exchange implements Waiting {
  readonly #reply: FastifyReply;
  readonly #connection: Connection;
  readonly #stats: HttpStats;
  readonly #write: OutcomeWriter;
  #submission: Accepted | undefined;

  constructor(reply: FastifyReply, connection: Connection, stats: HttpStats, write: OutcomeWriter) {
    this.#reply = reply;
    this.#connection = connection;
    this.#stats = stats;
    this.#write = write;
  }

  begin(submission: Accepted): void {
    this.#submission = submission;
    this.#stats.inFlight += 1;
    // The client may have hung up while its body was read; then the socket's close has passed already.
    if (this.#connection.socket.destroyed) this.cancel();
    else this.#connection.waiting.push(this);
  }

  settle(outcome: Outcome): void {
    const submission = this.#end();
    if (submission) this.#write(this.#reply, submission.id, outcome);
  }

  cancel(): void {
    const submission = this.#end();
    if (!submission) return;
    this.#stats.cancelled += 1;
    submission.cancel();
  }

  /** The submission for the one that comes first, `settle` or `cancel`. */
  #end(): Accepted | undefined {
    const submission = this.#submission;
    if (submission === undefined) return undefined;
    this.#submission = undefined;
    this.#stats.inFlight -= 1;
    const { waiting } = this.#connection;
    const index = waiting.indexOf(this);
    if (index >= 0) waiting.splice(index, 1);
    return submission;
  }
}
