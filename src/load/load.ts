import { TimeHistogram } from "../metrics/time-histogram.js";
import { type ErrorKind, type LoadOrder, type LoadReport, TIMELINE_MS, type WrongAnswer } from "../plan/load.js";
import { AnswerCheck } from "./answer-check.js";
import type { Done, LoadPorts, Reply } from "./ports.js";

/** Timers are late by a part of a ms: what is due so soon is sent at once, a little early rather than late. */
const EARLY_MS = 0.5;
/** After a failure that came at once, the next try would too. */
const RETRY_MS = 5;
const MOST_WRONG_SHOWN = 5;

/**
 * Makes a load and records it. A closed loop keeps `connections` requests under way. An open loop has arrivals at a fixed
 * rate; the latency of each counts from when it was due, though it may have had to wait for a connection: leaving that
 * out ("coordinated omission") would hide just the time in which the system stood still.
 */
export class Load {
  private readonly check: AnswerCheck;
  private readonly latency = new TimeHistogram();
  private readonly errors: Partial<Record<ErrorKind, number>> = {};
  private readonly wrongAnswers: WrongAnswer[] = [];
  private readonly timeline: number[];
  private startedAt = 0;
  /** Times are in ms since the start: of the clock's own a sum may be rounded, and have one arrival more. */
  private readonly endAt: number;
  private arrivals = 0;
  private underWay = 0;
  /** Connections that wait a little before their next try. */
  private resting = 0;
  private measuredUnderWay = 0;
  private requests = 0;
  private answered = 0;
  private wrong = 0;
  private doubled = 0;
  private over = false;
  private cancelTimer = () => {};
  private finish: (report: LoadReport) => void = () => {};

  constructor(
    private readonly order: LoadOrder,
    private readonly ports: LoadPorts,
  ) {
    this.check = new AnswerCheck(order.samples);
    this.endAt = order.warmupMs + order.durationMs;
    this.timeline = new Array(Math.ceil(order.durationMs / TIMELINE_MS)).fill(0);
  }

  /** Resolves when the last answer has come, or was waited for long enough. */
  run(): Promise<LoadReport> {
    this.startedAt = this.ports.now();
    this.ports.after(this.endAt, () => this.end());
    return new Promise((resolve) => {
      this.finish = resolve;
      this.pump();
    });
  }

  /** Sends all that is due and that there are connections for. */
  private pump(): void {
    if (this.over) return;
    this.cancelTimer();
    while (this.underWay + this.resting < this.order.connections) {
      const now = this.now();
      const due = this.dueAt(now);
      if (due >= this.endAt) return;
      if (due > now + EARLY_MS) {
        this.cancelTimer = this.ports.after(due - now, () => this.pump());
        return;
      }
      this.send(Math.min(due, now), due >= this.order.warmupMs);
    }
  }

  private dueAt(now: number): number {
    const { rate } = this.order;
    return rate === undefined ? now : (this.arrivals * 1000) / rate;
  }

  private now(): number {
    return this.ports.now() - this.startedAt;
  }

  /** @param measured by when it was due: the first of them may leave a little before the end of the warm-up */
  private send(at: number, measured: boolean): void {
    const sample = this.arrivals % this.order.samples.length;
    this.arrivals++;
    this.underWay++;
    if (measured) {
      this.requests++;
      this.measuredUnderWay++;
    }
    let settled = false;
    this.ports.send(sample, (answer) => {
      if (settled) {
        this.doubled++;
        return;
      }
      settled = true;
      this.underWay--;
      if (measured) this.measuredUnderWay--;
      this.settle(sample, at, measured, answer);
    });
  }

  private settle(sample: number, at: number, measured: boolean, answer: Parameters<Done>[0]): void {
    const error = typeof answer === "string" ? answer : this.judge(sample, answer);
    const now = this.now();
    if (error === undefined) {
      if (measured) {
        this.answered++;
        this.latency.record((now - at) * 1000);
      }
      const { warmupMs } = this.order;
      if (now >= warmupMs && now < this.endAt) {
        const bin = Math.floor((now - warmupMs) / TIMELINE_MS);
        this.timeline[bin] = this.timeline[bin]! + 1;
      }
    } else if (measured && error !== "wrong") this.count(error, 1);
    if (this.over) {
      if (this.underWay === 0) this.report();
    } else if (error === "connection" || error === "refused") this.rest();
    else this.pump();
  }

  private judge(sample: number, reply: Reply): ErrorKind | "wrong" | undefined {
    if (this.check.isRight(sample, reply)) return undefined;
    if (reply.status === 503) return "refused";
    if (reply.status === 504) return "timeout";
    this.wrong++;
    if (this.wrongAnswers.length < MOST_WRONG_SHOWN) this.wrongAnswers.push(this.check.describe(sample, reply));
    return "wrong";
  }

  private rest(): void {
    this.resting++;
    this.ports.after(RETRY_MS, () => {
      this.resting--;
      this.pump();
    });
  }

  private end(): void {
    this.over = true;
    this.cancelTimer();
    const { rate } = this.order;
    if (rate !== undefined) {
      const due = Math.ceil((this.endAt * rate) / 1000);
      const inWarmup = Math.ceil((this.order.warmupMs * rate) / 1000);
      this.count("unsent", due - Math.max(this.arrivals, inWarmup));
    }
    if (this.underWay === 0) this.report();
    else this.cancelTimer = this.ports.after(this.order.patienceMs, () => this.report());
  }

  private count(error: ErrorKind, times: number): void {
    if (times > 0) this.errors[error] = (this.errors[error] ?? 0) + times;
  }

  private report(): void {
    this.cancelTimer();
    this.count("lost", this.measuredUnderWay);
    const { requests, answered, errors, wrong, wrongAnswers, doubled, timeline } = this;
    this.finish({
      requests,
      answered,
      errors,
      wrong,
      wrongAnswers,
      doubled,
      timeline,
      latency: this.latency.times(),
    });
  }
}
