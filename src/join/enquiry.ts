import type { CurveClient } from "../plan/child.js";
import { printable } from "../printable.js";
import { type Enlist, type FromGate, gateChannel, type Posting } from "../protocol/gate.js";
import type { Connection } from "../transport/types.js";
import { zeromqMedium } from "../transport/zeromq.js";

export interface Question {
  readonly topology: string;
  readonly stages: readonly string[];
  readonly curve: CurveClient | undefined;
}

export interface EnquiryHandlers {
  /** It is the gate of the topology, and has these stages; again after each break of the link. */
  onAnswer(postings: readonly Posting[]): void;
  /** The link is down, or nothing useful comes over it. @param why for people, if there is anything to say */
  onFail(why: string | undefined): void;
}

/** From the first try to connect: a gate answers in no time, whatever else it has to do. */
const PATIENCE_MS = 5000;

/** Asks somebody, at the end of an encrypted link, whether it is the gate of a topology, and what its stages are. */
export class Enquiry {
  private readonly connection: Connection<Enlist>;
  private readonly postings = new Map<string, Posting>();
  private patience: NodeJS.Timeout | undefined;
  private isUp = false;
  private closed = false;

  constructor(
    readonly endpoint: string,
    private readonly question: Question,
    private readonly handlers: EnquiryHandlers,
  ) {
    this.connection = zeromqMedium.connect(
      endpoint,
      gateChannel,
      {
        onConnect: () => this.ask(),
        onDown: (why) => this.down(why),
        onMessage: (message) => this.hear(message),
        onError: (error) => this.fail(`${endpoint} does not speak our language: ${error.message}`),
      },
      question.curve,
    );
    this.patience = setTimeout(() => this.impatient(), PATIENCE_MS);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.patience);
    this.connection.close();
  }

  private ask(): void {
    this.isUp = true;
    this.postings.clear();
    const { topology, stages } = this.question;
    for (const stage of stages) this.connection.send({ type: "enlist", topology, stage });
  }

  private hear(message: FromGate): void {
    if (this.closed) return;
    if (message.type === "refusal") this.fail(`${this.endpoint}: ${printable(message.message)}`);
    if (message.type !== "posting" || !this.question.stages.includes(message.stage)) return;
    this.postings.set(message.stage, message);
    if (this.postings.size < this.question.stages.length) return;
    clearTimeout(this.patience);
    this.handlers.onAnswer([...this.postings.values()]);
  }

  private down(why: "lost" | "refused"): void {
    if (why === "refused") this.fail(`${this.endpoint} refuses our key ${this.question.curve?.publicKey ?? ""}`);
    else if (this.isUp) this.fail(undefined);
    else this.fail(`${this.endpoint} does not have the server key that we were given`);
    this.isUp = false;
  }

  private impatient(): void {
    if (this.isUp) this.fail(`${this.endpoint} does not answer: it is of another version of zpipe, or something else`);
    else this.fail(`${this.endpoint} cannot be reached`);
  }

  private fail(why: string | undefined): void {
    if (!this.closed) this.handlers.onFail(why);
  }
}
