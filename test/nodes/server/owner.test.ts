import { beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/nodes/server/gateway.js";
import { RequestOwner } from "../../../src/nodes/server/owner.js";
import type { DeadLetter } from "../../../src/plan/child.js";
import type { ServerPlan } from "../../../src/plan/types.js";
import type { Ack, Answer, Failure, Job, Part, ToProxy } from "../../../src/protocol/messages.js";
import type { Server } from "../../../src/topology/types.js";

let sent: ToProxy[];
let outcomes: (Outcome | "hung up")[];
let letters: DeadLetter[];

beforeEach(() => {
  sent = [];
  outcomes = [];
  letters = [];
});

/** @param dropsRest no sink waits for what is left of a request */
function ownerOf(dropsRest: boolean, maxInFlight = 10): RequestOwner {
  const plan: ServerPlan = {
    kind: "server",
    name: "server",
    owner: 0,
    server: { maxInFlight, maxInFlightBytes: 1000, routes: [{ methods: ["GET"], path: "/" }] } as unknown as Server,
    routes: [{ targets: [0], origin: undefined, priority: 0 }],
    dropsRest,
    answers: { name: "server/answers", medium: "memory" },
    proxies: [],
  };
  const proxy = { send: (message: ToProxy) => void sent.push(message) };
  const owner = new RequestOwner(plan, { proxyOf: () => proxy, proxies: [proxy] }, (letter) => letters.push(letter));
  owner.serve();
  return owner;
}

function ask(owner: RequestOwner, timeoutMs = 60_000): { job: Job; cancel: () => void } {
  const request = { route: 0, body: { kind: 0, payload: "1" } as const, lane: 0, timeoutMs, traceparent: undefined };
  const submission = owner.submit(request, (outcome) => outcomes.push(outcome));
  if (!submission.accepted) throw new Error(submission.reason);
  return { job: sent.findLast((message): message is Job => message.type === "job")!, cancel: submission.cancel };
}

const HALF: Part = { partHigh: 1, partLow: 2 };
const rest = ({ partHigh, partLow }: Part): Part => ({ partHigh: (partHigh ^ 1) >>> 0, partLow: (partLow ^ 2) >>> 0 });

function ack({ session, seq, attempt, ...job }: Job, { partHigh, partLow }: Part = job): Ack {
  return { type: "ack", session, seq, attempt, partHigh, partLow };
}

function answer(job: Job, part: Part, more: Partial<Answer> = {}): Answer {
  return {
    ...ack(job, part),
    type: "answer",
    kind: 0,
    payload: "2",
    meta: "",
    partial: true,
    gathered: false,
    ...more,
  };
}

function failure(job: Job, part: Part, more: Partial<Failure> = {}): Failure {
  const why = { stage: "work", message: "no", status: 0, poison: false, gathered: false };
  return { ...ack(job, part), type: "failure", ...why, ...more };
}

const cancels = () => sent.filter(({ type }) => type === "cancel").length;

describe("a request, where no sink waits for any of it", () => {
  it("is over with its first answer, and what is left of it is dropped", () => {
    const owner = ownerOf(true);
    const { job } = ask(owner);
    owner.receive(answer(job, HALF));
    owner.receive(answer(job, rest(job)));
    expect([outcomes.length, owner.pendingCount, cancels()]).toEqual([1, 0, 1]);
  });

  it("of which nothing comes is done", () => {
    const owner = ownerOf(true);
    const { job } = ask(owner);
    owner.receive(ack(job, HALF));
    expect(outcomes).toEqual([]);
    owner.receive(ack(job, rest(job)));
    expect([outcomes, owner.pendingCount]).toEqual([[{ kind: "done" }], 0]);
  });
});

describe("a request, where some of it may be on its way to a sink,", () => {
  it("is answered at once and open until the last part has ended", async () => {
    const owner = ownerOf(false, 1);
    const { job, cancel } = ask(owner);
    owner.receive(answer(job, HALF));
    expect([outcomes.length, owner.pendingCount]).toEqual([1, 1]);
    expect(() => ask(owner)).toThrow("busy");
    const drained = owner.drain();
    // The client that hangs up has what it wanted.
    cancel();
    expect(owner.pendingCount).toBe(1);
    owner.receive(ack(job, rest(job)));
    await drained;
    expect([outcomes.length, owner.pendingCount, cancels()]).toEqual([1, 0, 0]);
  });

  it("has one answer, the first; a part that fails later is nobody's error, but may be a dead letter", () => {
    const owner = ownerOf(false);
    const { job } = ask(owner);
    const third = { partHigh: 4, partLow: 4 };
    owner.receive(answer(job, HALF));
    owner.receive(answer(job, third, { payload: "3" }));
    const last = { partHigh: (rest(job).partHigh ^ 4) >>> 0, partLow: (rest(job).partLow ^ 4) >>> 0 };
    owner.receive(failure(job, last, { poison: true }));
    expect([outcomes.length, owner.pendingCount, letters.length]).toEqual([1, 0, 1]);
    expect(outcomes).toMatchObject([{ kind: "answer", body: { payload: "2" } }]);
  });

  it("that has failed is over, with all that is left of it", () => {
    const owner = ownerOf(false);
    const { job } = ask(owner);
    owner.receive(failure(job, HALF));
    owner.receive(answer(job, rest(job)));
    expect(outcomes).toMatchObject([{ kind: "failed", failure: { stage: "work" } }]);
    expect([owner.pendingCount, cancels()]).toEqual([0, 1]);
  });

  it("is over when it was answered from within a scatter, since its join waits in vain", () => {
    const owner = ownerOf(false);
    const { job } = ask(owner);
    owner.receive(answer(job, HALF, { gathered: true }));
    expect([outcomes.length, owner.pendingCount, cancels()]).toEqual([1, 0, 1]);
  });

  it("that is not answered when the run ends is told so and cancelled; one that is answered is not told again", async () => {
    const owner = ownerOf(false);
    const { job } = ask(owner);
    ask(owner);
    owner.receive(answer(job, HALF));
    const drained = owner.drain();
    owner.giveUpAll();
    expect(outcomes).toMatchObject([{ kind: "answer" }, { kind: "ended" }]);
    expect([owner.pendingCount, cancels()]).toEqual([1, 1]);
    owner.receive(ack(job, rest(job)));
    await drained;
  });

  it("is not waited for beyond its time", async () => {
    const owner = ownerOf(false);
    const { job } = ask(owner, 20);
    owner.receive(answer(job, HALF));
    await owner.drain();
    expect([outcomes.length, owner.pendingCount, cancels()]).toEqual([1, 0, 1]);
  });
});
