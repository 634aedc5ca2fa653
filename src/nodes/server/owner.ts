import { unreachable } from "../../errors.js";
import { TimeHistogram } from "../../metrics/time-histogram.js";
import type { DeadLetter } from "../../plan/child.js";
import type { RequestOutcome } from "../../plan/trace.js";
import type { ServerPlan } from "../../plan/types.js";
import { type Answer, type Failure, requestName, type ToOwner } from "../../protocol/messages.js";
import { byteLength } from "../../protocol/payload.js";
import { acksApart } from "../load.js";
import type { Claim } from "../owner/claim.js";
import { payloadOf } from "../owner/dead-letters.js";
import { Ledger, type Ways } from "../owner/ledger.js";
import { RequestLog } from "../owner/request-log.js";
import type { Sent } from "../sent.js";
import type { AnswerMeta, Gateway, GatewayState, GraphRequest, Outcome, Submission } from "./gateway.js";

/** Seconds that a refused client is asked to wait: queues of admitted requests drain in about that time or never. */
const RETRY_AFTER_SECONDS = 1;

const MALFORMED: Outcome = {
  kind: "failed",
  failure: { stage: "server", message: "the status and headers of the answer are malformed", status: undefined },
};

/** A request that is in the graph. */
interface Pending extends Claim {
  readonly route: number;
  readonly bytes: number;
  readonly submittedAt: number;
  readonly settle: (outcome: Outcome) => void;
  timer: NodeJS.Timeout | undefined;
  /** Its client has its answer; other parts of it are on their way to a sink. */
  answered: boolean;
}

/**
 * Owns every request from its admission to its one answer: bounds how many there are, sends them into the graph, drops
 * whatever comes home twice or late, and tells the proxies which ones nobody waits for any more.
 */
export class RequestOwner implements Gateway {
  /** From submission to settlement. */
  readonly latency = new TimeHistogram();
  /** Those that have ended. */
  readonly log: RequestLog;
  private readonly ledger: Ledger<Pending>;
  private readonly maxInFlight: number;
  private readonly maxBytes: number;
  private current: GatewayState = "starting";
  private bytes = 0;
  private whenEmpty: (() => void) | undefined;

  constructor(
    private readonly plan: ServerPlan,
    ways: Ways,
    /** A request whose workers died of it, before its client is told. */
    private readonly onPoison: (letter: DeadLetter) => void = () => {},
  ) {
    this.ledger = new Ledger(plan, ways);
    this.log = new RequestLog({
      session: this.session,
      owner: plan.name,
      entryOf: (route) => this.entryOf(route),
      openSince: (seq) => {
        const open = this.ledger.at(seq);
        return open && { startedAt: open.submittedAt, entry: open.route };
      },
    });
    this.maxInFlight = plan.server.maxInFlight;
    this.maxBytes = plan.server.maxInFlightBytes;
  }

  get session(): number {
    return this.ledger.session;
  }

  get sent(): Sent {
    return this.ledger.sent;
  }

  state(): GatewayState {
    return this.current;
  }

  get pendingCount(): number {
    return this.ledger.size;
  }

  serve(): void {
    if (this.current === "starting") this.current = "ready";
  }

  drain(): Promise<void> {
    this.current = "draining";
    if (this.ledger.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenEmpty = resolve;
    });
  }

  /** Takes nothing more, and answers what it still owes: nothing will come of it. */
  giveUpAll(): void {
    this.current = "draining";
    for (const pending of this.ledger.claims()) if (!pending.answered) this.giveUp(pending, { kind: "ended" });
  }

  submit(request: GraphRequest, settle: (outcome: Outcome) => void): Submission {
    if (this.current !== "ready") return refused(this.current);
    const { body, lane, timeoutMs, traceparent: trace = "" } = request;
    const bytes = byteLength(body.payload);
    if (this.ledger.size >= this.maxInFlight || this.bytes + bytes > this.maxBytes) return refused("busy");
    const entry = this.plan.routes[request.route]!;
    const deadline = Date.now() + timeoutMs;
    const submittedAt = performance.now();
    this.bytes += bytes;
    const pending: Pending = {
      seq: 0,
      route: request.route,
      entry,
      body,
      lane,
      deadline,
      trace,
      attempt: 1,
      whole: true,
      restHigh: 0,
      restLow: 0,
      bytes,
      submittedAt,
      settle,
      timer: undefined,
      answered: false,
    };
    this.ledger.admit(pending);
    pending.timer = setTimeout(() => this.giveUp(pending, { kind: "timeout" }), timeoutMs);
    const cancel = () => {
      if (!pending.answered) this.giveUp(pending, undefined);
    };
    return { accepted: true, id: requestName(this.session, pending.seq), cancel };
  }

  receive(message: ToOwner): void {
    if (message.type === "lost") this.ledger.resendSoon();
    // Only sources keep an order.
    if (message.type === "lost" || message.type === "written") return;
    if (message.type === "acks") {
      for (const ack of acksApart(message)) this.receive(ack);
      return;
    }
    const pending = this.ledger.find(message);
    if (!pending) return;
    switch (message.type) {
      case "answer": {
        const meta = parseMeta(message.meta);
        const outcome: Outcome = meta === "fault" ? MALFORMED : { kind: "answer", body: message, meta };
        this.answer(pending, outcome);
        if (!this.plan.dropsRest) this.count(pending, message);
        else {
          if (message.partial || pending.attempt > 1) this.ledger.cancel(pending);
          this.settle(pending, undefined);
        }
        break;
      }
      case "failure": {
        const { stage, status } = message;
        if (message.poison) this.onPoison(this.letterFor(pending, message));
        if (pending.answered) {
          this.count(pending, message);
          break;
        }
        this.ledger.cancel(pending);
        const failure = {
          stage,
          message: message.message,
          status: status === 0 ? undefined : status,
          poison: message.poison,
        };
        this.settle(pending, { kind: "failed", failure });
        break;
      }
      case "ack":
        if (this.ledger.finish(pending, message)) this.settle(pending, { kind: "done" });
        break;
      default:
        unreachable(message);
    }
  }

  resendSoon(): void {
    this.ledger.resendSoon();
  }

  private letterFor({ seq, route, body, lane }: Pending, { stage, message }: Failure): DeadLetter {
    return {
      id: requestName(this.session, seq),
      time: new Date().toISOString(),
      owner: this.plan.name,
      entry: this.entryOf(route),
      route,
      stage,
      message,
      ...payloadOf(body),
      lane,
    };
  }

  private entryOf(route: number): string {
    const { methods, path } = this.plan.server.routes[route]!;
    return `${methods[0]} ${path}`;
  }

  /** A part of a request that is answered has ended. It stays open until all have: what is over is written by no sink. */
  private count(pending: Pending, message: Answer | Failure): void {
    const finished = this.ledger.finish(pending, message);
    // A join waits for it in vain.
    const isCut = message.gathered && message.attempt === pending.attempt;
    if (isCut) this.ledger.cancel(pending);
    if (finished || isCut) this.settle(pending, undefined);
  }

  private answer(pending: Pending, outcome: Outcome): void {
    if (pending.answered) return;
    pending.answered = true;
    const { seq, route, submittedAt } = pending;
    const now = performance.now();
    this.latency.record((now - submittedAt) * 1000);
    this.log.add(seq, route, submittedAt, now, ENDS[outcome.kind]);
    pending.settle(outcome);
  }

  /** @param outcome undefined when the client itself has gone */
  private giveUp(pending: Pending, outcome: Outcome | undefined): void {
    if (!this.ledger.isOpen(pending)) return;
    this.ledger.cancel(pending);
    if (!outcome) this.log.add(pending.seq, pending.route, pending.submittedAt, performance.now(), "cancelled");
    this.settle(pending, outcome);
  }

  private settle(pending: Pending, outcome: Outcome | undefined): void {
    this.ledger.close(pending);
    this.bytes -= pending.bytes;
    clearTimeout(pending.timer);
    if (outcome) this.answer(pending, outcome);
    if (this.ledger.size === 0) this.whenEmpty?.();
  }
}

/** What is noted of a request. */
const ENDS = {
  answer: "done",
  done: "done",
  failed: "failed",
  timeout: "timeout",
  ended: "cancelled",
} as const satisfies Record<Outcome["kind"], RequestOutcome>;

function refused(reason: "busy" | GatewayState): Submission {
  return { accepted: false, reason, retryAfterSeconds: RETRY_AFTER_SECONDS };
}

/** Undefined: none was said. A worker in any language may have written it, so it may be anything: then a fault. */
function parseMeta(text: string): AnswerMeta | undefined | "fault" {
  if (text === "") return undefined;
  try {
    const meta: unknown = JSON.parse(text);
    return typeof meta === "object" && meta !== null && !Array.isArray(meta) ? meta : "fault";
  } catch {
    return "fault";
  }
}
