import { TimeHistogram } from "../../metrics/time-histogram.js";
import type { ServerPlan } from "../../plan/types.js";
import { HOME } from "../../plan/types.js";
import {
  type Group,
  type Job,
  type RequestId,
  requestName,
  type ToOwner,
  type ToProxy,
} from "../../protocol/messages.js";
import { byteLength } from "../../protocol/payload.js";
import type { Link } from "../../transport/types.js";
import { GroupIds } from "../group.js";
import { NumberMap } from "../number-map.js";
import type { AnswerMeta, Gateway, GatewayState, GraphRequest, Outcome, Submission } from "./gateway.js";

/** Seconds that a refused client is asked to wait: queues of admitted requests drain in about that time or never. */
const RETRY_AFTER_SECONDS = 1;

/** The neighbours of a proxy find it within about so long of each other, and are then answered by one sending. */
const RESEND_AFTER_MS = 20;

const MALFORMED: Outcome = {
  kind: "failed",
  failure: { stage: "server", message: "the status and headers of the answer are malformed", status: undefined },
};

/** A request that is in the graph. It is kept whole, to be sent again if a proxy that may have it dies. */
interface Pending {
  readonly seq: number;
  readonly request: GraphRequest;
  readonly deadline: number;
  readonly bytes: number;
  readonly submittedAt: number;
  readonly settle: (outcome: Outcome) => void;
  attempt: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Owns every request from its admission to its one answer: bounds how many there are, sends them into the graph, drops
 * whatever comes home twice or late, and tells the proxies which ones nobody waits for any more.
 */
export class RequestOwner implements Gateway {
  /** Random and new at every start, so that what was meant for a former life is never taken for an answer. */
  readonly session = Math.floor(Math.random() * 2 ** 31);
  /** From submission to settlement. */
  readonly latency = new TimeHistogram();
  private readonly pending = new NumberMap<Pending>();
  private readonly maxInFlight: number;
  private readonly maxBytes: number;
  private current: GatewayState = "starting";
  private bytes = 0;
  private nextSeq = 0;
  private readonly groups = new GroupIds(0);
  private resendTimer: NodeJS.Timeout | undefined;
  private whenEmpty: (() => void) | undefined;

  /**
   * @param proxyOf the link to the proxy of a stage
   * @param proxies every proxy once
   */
  constructor(
    private readonly plan: ServerPlan,
    private readonly proxyOf: (stage: number) => Link<ToProxy>,
    private readonly proxies: readonly Link<ToProxy>[],
  ) {
    this.maxInFlight = plan.server.maxInFlight;
    this.maxBytes = plan.server.maxInFlightBytes;
  }

  state(): GatewayState {
    return this.current;
  }

  get pendingCount(): number {
    return this.pending.size;
  }

  serve(): void {
    if (this.current === "starting") this.current = "ready";
  }

  drain(): Promise<void> {
    this.current = "draining";
    if (this.pending.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenEmpty = resolve;
    });
  }

  submit(request: GraphRequest, settle: (outcome: Outcome) => void): Submission {
    if (this.current !== "ready") return refused(this.current);
    const bytes = byteLength(request.body.payload);
    if (this.pending.size >= this.maxInFlight || this.bytes + bytes > this.maxBytes) return refused("busy");
    const seq = this.nextSeq;
    this.nextSeq = (seq + 1) >>> 0;
    const deadline = Date.now() + request.timeoutMs;
    const submittedAt = performance.now();
    const entry: Pending = { seq, request, deadline, bytes, submittedAt, settle, attempt: 1, timer: undefined };
    entry.timer = setTimeout(() => this.giveUp(entry, { kind: "timeout" }), request.timeoutMs);
    this.pending.set(seq, entry);
    this.bytes += bytes;
    this.send(entry);
    const cancel = () => this.giveUp(entry, undefined);
    return { accepted: true, id: requestName(this.session, seq), cancel };
  }

  receive(message: ToOwner): void {
    if (message.type === "lost") {
      this.resendSoon();
      return;
    }
    if (message.session !== this.session) return;
    const entry = this.pending.get(message.seq);
    if (!entry) return;
    if (message.type === "answer") {
      const meta = parseMeta(message.meta);
      const outcome: Outcome = meta === "fault" ? MALFORMED : { kind: "answer", body: message, meta };
      if (message.partial || entry.attempt > 1) this.cancelInGraph(entry.seq);
      this.settle(entry, outcome);
    } else {
      this.cancelInGraph(entry.seq);
      const { stage, status } = message;
      const failure = { stage, message: message.message, status: status === 0 ? undefined : status };
      this.settle(entry, { kind: "failed", failure });
    }
  }

  /**
   * A proxy or a link was lost, and with it any part of any request. First answers win, so sending all again is safe. A
   * proxy that is started again is heard of once from each of its neighbours, as each finds it: hence not at once.
   */
  resendSoon(): void {
    this.resendTimer ??= setTimeout(() => {
      this.resendTimer = undefined;
      this.resendAll();
    }, RESEND_AFTER_MS);
  }

  private resendAll(): void {
    for (const entry of this.pending.values()) {
      entry.attempt = Math.min(entry.attempt + 1, 0xffff);
      this.send(entry);
    }
  }

  private send({ seq, request, deadline, attempt }: Pending): void {
    const { targets, origin, priority } = this.plan.routes[request.route]!;
    const { kind, payload } = request.body;
    const id = origin === undefined ? 0 : this.groups.next();
    for (let index = 0; index < targets.length; index++) {
      const to = targets[index]!;
      const group: Group | undefined =
        origin === undefined ? undefined : { origin, target: HOME, id, index, count: targets.length, up: undefined };
      const job: Job = {
        type: "job",
        session: this.session,
        seq,
        kind,
        payload,
        owner: this.plan.owner,
        attempt,
        from: HOME,
        to,
        priority,
        lane: request.lane,
        hops: 1,
        deadline,
        group,
        trace: request.traceparent ?? "",
      };
      this.proxyOf(to).send(job);
    }
  }

  /** @param outcome undefined when the client itself has gone */
  private giveUp(entry: Pending, outcome: Outcome | undefined): void {
    if (this.pending.get(entry.seq) !== entry) return;
    this.cancelInGraph(entry.seq);
    this.settle(entry, outcome);
  }

  private settle(entry: Pending, outcome: Outcome | undefined): void {
    this.pending.delete(entry.seq);
    this.bytes -= entry.bytes;
    clearTimeout(entry.timer);
    if (outcome) {
      this.latency.record((performance.now() - entry.submittedAt) * 1000);
      entry.settle(outcome);
    }
    if (this.pending.size === 0) this.whenEmpty?.();
  }

  private cancelInGraph(seq: number): void {
    const request: RequestId = { session: this.session, seq };
    for (const proxy of this.proxies) proxy.send({ type: "cancel", ...request });
  }
}

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
