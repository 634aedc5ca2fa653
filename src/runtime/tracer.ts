import type { Trace } from "../control/trace.js";
import { ExitCode, ZpipeError } from "../errors.js";
import { toShared } from "../metrics/shared-clock.js";
import { type RequestKey, type TraceAnswer, type TracedRequest, type TraceQuestion, UNKNOWN } from "../plan/trace.js";
import { parseRequestName } from "../protocol/messages.js";
import type { Topology } from "../topology/types.js";
import type { Fleet } from "./fleet.js";
import type { Member } from "./member.js";
import { SlowTraces } from "./slow-traces.js";
import { joined, wayOf } from "./way.js";

/** A process whose event loop is busy for longer is told of as one that did not answer. */
const ANSWER_MS = 2_000;
const INTERVAL_MS = 1_000;

/** Hops that each process tells: of all the slowest of a second, and of a request that somebody asks for. */
const MOST_KEPT = 1_000;
const MOST_SHOWN = 20_000;

/** Asks the processes for the way of requests, and keeps that of the slowest before it is forgotten. */
export class Tracer {
  readonly #fleet: Fleet;
  readonly #stageNames: readonly string[];
  readonly #slow = new SlowTraces();
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;
  #looking: Promise<void> | undefined;
  /** One question at a time: a process has room for one answer. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor(fleet: Fleet, topology: Topology) {
    this.#fleet = fleet;
    this.#stageNames = topology.stages.map(({ name }) => name);
  }

  start(): void {
    this.#timer = setInterval(() => void this.#lookForSlow(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async trace(name: string): Promise<Trace> {
    const key = parseRequestName(name);
    if (key === undefined) throw malformed(name);
    const [request] = (await this.#ask({ about: "requests", requests: [key] }, ownsRequests)).requests;
    const [now] = await this.#ways([key], request ? [request] : [], MOST_SHOWN);
    const before = this.#slow.get(name);
    const known = now && before ? joined(before, now) : (now ?? before);
    if (known === undefined) throw this.#unknown(name, key);
    return known;
  }

  async slowest(count: number): Promise<readonly Trace[]> {
    await this.#looking;
    await this.#lookForSlow();
    return this.#slow.slowest(count, Date.now());
  }

  #lookForSlow(): Promise<void> {
    this.#looking ??= this.#takeSlow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #takeSlow(): Promise<void> {
    const { requests } = await this.#ask({ about: "slowest" }, ownsRequests);
    if (requests.length > 0) this.#slow.add(await this.#ways(requests, requests, MOST_KEPT), Date.now());
  }

  /** @param known what the owners know of them */
  async #ways(keys: readonly RequestKey[], known: readonly TracedRequest[], most: number): Promise<readonly Trace[]> {
    const since = known.length < keys.length ? 0 : Math.min(...known.map(({ startedAt }) => startedAt));
    const requests = keys.map(({ session, seq }) => ({ session, seq }));
    const question: TraceQuestion = { about: "hops", requests, since, most };
    const { hops, hopsSince } = await this.#ask(question, (member) => member.essential);
    const sharedZero = toShared(performance.now()) - Date.now();
    const ways = requests.map((key) => {
      const request = known.find(({ session, seq }) => session === key.session && seq === key.seq);
      const owner = request?.owner ?? this.#ownerOf(key) ?? "?";
      return wayOf({ key, owner, request, hops, hopsSince }, this.#stageNames, sharedZero);
    });
    return ways.filter((way) => way !== undefined);
  }

  /** Of those that are ready; when one of them is silent, nobody can say how far back all hops are known. */
  #ask(question: TraceQuestion, whom: (member: Member) => boolean): Promise<TraceAnswer> {
    const asked = this.#asked.then(() => this.#put(question, whom));
    this.#asked = asked.catch(() => {});
    return asked;
  }

  async #put(question: TraceQuestion, whom: (member: Member) => boolean): Promise<TraceAnswer> {
    const id = this.#nextId++;
    const all = this.#fleet.members.filter(whom);
    const asked = all.filter((member) => member.ready);
    for (const member of asked) member.child?.send({ type: "trace", id, question });
    const answerOf = ({ traced }: Member) => (traced?.id === id ? traced.answer : undefined);
    await this.#fleet.within(ANSWER_MS, () =>
      asked.every((member) => member.child === undefined || answerOf(member) !== undefined),
    );
    const answers = all.map((member) => answerOf(member) ?? UNKNOWN);
    return {
      requests: answers.flatMap(({ requests }) => requests),
      hops: answers.flatMap(({ hops }) => hops),
      hopsSince: Math.max(0, ...answers.map(({ hopsSince }) => hopsSince)),
    };
  }

  #unknown(name: string, { session }: RequestKey): ZpipeError {
    const isOurs = this.#ownerOf({ session }) !== undefined;
    const hint = isOurs
      ? "The last 65,536 requests of each owner are remembered, and the slowest ten of the last minute."
      : "No server or source that runs now has given out this id: it is of another run, or of before a restart.";
    const message = `nothing is known of the request ${name}${isOurs ? " any more" : ""}`;
    return new ZpipeError(message, { code: "unknown-request", hints: [hint] });
  }

  #ownerOf({ session }: Pick<RequestKey, "session">): string | undefined {
    const host = this.#fleet.members.find(({ sessions }) => sessions.has(session));
    return host?.sessions.get(session);
  }
}

function ownsRequests(member: Member): boolean {
  return member.ownsRequests;
}

function malformed(name: string): ZpipeError {
  return new ZpipeError(`${JSON.stringify(name)} is no id of a request`, {
    code: "bad-request-id",
    exitCode: ExitCode.usage,
    hints: ["It is in the header x-request-id of the answer, and in logs: two numbers such as k3x9q1-2f."],
  });
}
