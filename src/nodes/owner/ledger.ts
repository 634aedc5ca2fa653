import { HOME, type OwnerPlan } from "../../plan/types.js";
import type { Finished, Group, RequestId, ToProxy, Train } from "../../protocol/messages.js";
import type { Payloads } from "../../protocol/payloads.js";
import type { Link } from "../../transport/types.js";
import { GroupIds } from "../group.js";
import { NumberMap } from "../number-map.js";
import { rootHigh, rootLow, rootPart, Shares } from "../parts.js";
import { Sent } from "../sent.js";
import { type Claim, isFinished } from "./claim.js";
import { Coupler } from "./coupler.js";

/** The neighbours of a proxy find it within about so long of each other, and are then answered by one sending. */
const RESEND_AFTER_MS = 20;

/** Whoever says again and again that something is lost, must not have all sent again each time. */
const RESEND_EVERY_MS = 500;

/** The ways to the proxies. */
export interface Ways {
  proxyOf(stage: number): Link<ToProxy>;
  /** Every proxy once. */
  readonly proxies: readonly Link<ToProxy>[];
}

/** What an owner has in the graph: numbers it, sends it, sends it again, and knows when nothing of it is left. */
export class Ledger<C extends Claim> {
  /** Random and new at every start, so that what was meant for a former life is never taken for an answer. */
  readonly session = Math.floor(Math.random() * 2 ** 31);
  /** Jobs sent into the graph. */
  readonly sent = new Sent();
  private readonly open = new NumberMap<C>();
  private readonly groups: GroupIds;
  private readonly shares = new Shares();
  private readonly coupler: Coupler<C> | undefined;
  private nextSeq = 0;
  /** Nothing before it is open. */
  private floor = 0;
  private resendTimer: NodeJS.Timeout | undefined;
  private resentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly plan: Pick<OwnerPlan, "owner">,
    private readonly ways: Ways,
    /** `couples`: what is admitted in one turn may leave as trains, at its end. */
    { couples = false } = {},
  ) {
    // Nodes that make groups have numbers of their own; owners count down from the last.
    this.groups = new GroupIds(HOME - plan.owner);
    if (couples) {
      this.coupler = new Coupler(
        (claim) => this.sendJob(claim),
        (first, payloads) => this.sendTrain(first, payloads),
      );
    }
  }

  get size(): number {
    return this.open.size;
  }

  /** Gives the claim its number, and sends it. */
  admit(claim: C): void {
    const seq = this.nextSeq;
    this.nextSeq = (seq + 1) >>> 0;
    claim.seq = seq;
    this.open.set(seq, claim);
    this.send(claim);
  }

  /** What waits to leave as a train leaves now. */
  flush(): void {
    this.coupler?.flush();
  }

  /** The claim that a message is about. */
  find(request: RequestId): C | undefined {
    return request.session === this.session ? this.open.get(request.seq) : undefined;
  }

  isOpen(claim: C): boolean {
    return this.open.get(claim.seq) === claim;
  }

  /** In the order in which they were admitted. */
  claims(): C[] {
    const age = ({ seq }: C) => (seq - this.floor) >>> 0;
    return this.open.values().sort((a, b) => age(a) - age(b));
  }

  /** No claim before this number is open. */
  get oldest(): number {
    return this.floor;
  }

  /** The number that the next claim will have. */
  get newest(): number {
    return this.nextSeq;
  }

  /** How many numbers there are from the oldest open claim to the newest. */
  get span(): number {
    return (this.nextSeq - this.floor) >>> 0;
  }

  at(seq: number): C | undefined {
    return this.open.get(seq);
  }

  /** True when nothing of the claim is left. What an earlier sending has finished does not count: it was lost in part. */
  finish(claim: C, { attempt, partHigh, partLow }: Finished): boolean {
    if (attempt !== claim.attempt) return false;
    if (claim.whole) this.split(claim);
    claim.restHigh = (claim.restHigh ^ partHigh) >>> 0;
    claim.restLow = (claim.restLow ^ partLow) >>> 0;
    return isFinished(claim);
  }

  /** As `finish`, for all of it at once. */
  finishWhole(claim: C, attempt: number): boolean {
    if (attempt !== claim.attempt) return false;
    if (claim.whole) {
      claim.whole = false;
      claim.restHigh = 0;
      claim.restLow = 0;
      return true;
    }
    claim.restHigh = (claim.restHigh ^ rootHigh(this.session, claim.seq)) >>> 0;
    claim.restLow = (claim.restLow ^ rootLow(this.session, claim.seq)) >>> 0;
    return isFinished(claim);
  }

  /** It is over, whatever is left of it. */
  close(claim: C): void {
    this.open.delete(claim.seq);
    while (this.floor !== this.nextSeq && this.open.get(this.floor) === undefined) this.floor = (this.floor + 1) >>> 0;
  }

  /** Nobody waits for what is left of it. */
  cancel({ seq }: C): void {
    const { session } = this;
    this.flush();
    for (const proxy of this.ways.proxies) proxy.send({ type: "cancel", session, seq });
  }

  /**
   * A proxy or a link was lost, and with it any part of any claim. Whoever has done with a part knows it again, so
   * sending all again is safe. A proxy that is started again is heard of once from each of its neighbours, as each finds
   * it: hence not at once.
   * @param onResend called when it happens
   */
  resendSoon(onResend = () => {}): void {
    const wait = Math.max(RESEND_AFTER_MS, this.resentAt + RESEND_EVERY_MS - performance.now());
    this.resendTimer ??= setTimeout(() => {
      this.resendTimer = undefined;
      this.resentAt = performance.now();
      for (const claim of this.claims()) {
        if (claim.ended) continue;
        claim.attempt = Math.min(claim.attempt + 1, 0xffff);
        this.send(claim);
      }
      onResend();
    }, wait);
  }

  stop(): void {
    clearTimeout(this.resendTimer);
  }

  private split(claim: C): void {
    claim.whole = false;
    claim.restHigh = rootHigh(this.session, claim.seq);
    claim.restLow = rootLow(this.session, claim.seq);
  }

  private send(claim: C): void {
    claim.whole = true;
    if (this.coupler) this.coupler.add(claim);
    else this.sendJob(claim);
  }

  private sendJob({ seq, attempt, lane, deadline, trace, entry, body }: C): void {
    const { targets, origin, priority } = entry;
    const { kind, payload } = body;
    const { session, floor, shares } = this;
    const { owner } = this.plan;
    shares.begin(rootPart(session, seq), targets.length);
    const id = origin === undefined ? 0 : this.groups.next();
    for (let index = 0; index < targets.length; index++) {
      const to = targets[index]!;
      const { partHigh, partLow } = shares.take();
      const group: Group | undefined =
        origin === undefined ? undefined : { origin, target: HOME, id, index, count: targets.length, up: undefined };
      this.sent.toStage(to);
      this.ways.proxyOf(to).send({
        type: "job",
        session,
        seq,
        kind,
        payload,
        owner,
        attempt,
        from: HOME,
        to,
        priority,
        lane,
        hops: 1,
        floor,
        partHigh,
        partLow,
        deadline,
        group,
        trace,
      });
    }
  }

  /** @param first of the claims, whose numbers follow each other */
  private sendTrain({ seq, attempt, lane, deadline, entry, body }: C, payloads: Payloads): void {
    const to = entry.targets[0]!;
    const train: Train = {
      type: "train",
      session: this.session,
      seq,
      kind: body.kind,
      owner: this.plan.owner,
      attempt,
      from: HOME,
      to,
      priority: entry.priority,
      lane,
      hops: 1,
      floor: this.floor,
      deadline,
      payloads,
    };
    this.sent.toStage(to, payloads.count);
    this.ways.proxyOf(to).send(train);
  }
}
