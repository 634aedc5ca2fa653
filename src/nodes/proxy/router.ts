import { type EdgePlan, HOME, type StagePlan, type Target } from "../../plan/types.js";
import {
  type Ack,
  type Acks,
  type Answer,
  depthOf,
  type Failure,
  type Group,
  type Job,
  type Load,
  MAX_GROUP_DEPTH,
  type Output,
  OutputRoute,
  type Part,
  type Train,
} from "../../protocol/messages.js";
import { type Body, PayloadKind } from "../../protocol/payload.js";
import { acksOf, jobsOf } from "../load.js";
import { Shares } from "../parts.js";
import { Sent } from "../sent.js";
import type { TrainOutputs } from "./pool-types.js";

/** Where the router's decisions go. */
export interface RouterPorts {
  toStage(load: Load): void;
  toOwner(owner: number, message: Answer | Failure | Ack | Acks): void;
  /** The id of a new group, unique in the run. */
  newGroupId(): number;
  /** The graph itself refused the job: no worker has logged it. */
  onRefused(job: Job, message: string): void;
}

/**
 * Turns what a worker made of a job into the next jobs, along the stage's edges, or into an answer for the owner. The
 * payloads are passed on as they came.
 */
export class Router {
  /** Whatever it has sent, and where to. */
  readonly sent = new Sent();
  private readonly shares = new Shares();

  constructor(
    private readonly stage: StagePlan,
    private readonly maxHops: number,
    private readonly ports: RouterPorts,
  ) {}

  route(job: Job, outputs: readonly Output[]): void {
    if (outputs.length === 0) {
      if (job.group && !this.stage.once) this.refuse(job, "it was dropped, but a join waits for it");
      else this.sendHome(job.owner, finished("ack", job, job));
      return;
    }
    if (outputs.some((output) => !this.stage.edges[output.edge] && isDirected(output.route))) {
      this.refuse(job, "its worker named an edge that does not exist");
      return;
    }
    const only = outputs.length === 1;
    this.shares.begin(job, this.jobsOf(outputs));
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]!;
      switch (output.route) {
        case OutputRoute.follow:
          this.follow(job, output, only);
          break;
        case OutputRoute.edge:
          this.send(job, this.edge(output).target, output, job.group, output.meta, only);
          break;
        case OutputRoute.reply:
          this.send(job, HOME, output, job.group, output.meta, only);
          break;
        case OutputRoute.scatter:
          i = this.scatter(job, outputs, i);
          break;
        case OutputRoute.empty:
          this.scatterNothing(job, output);
          break;
      }
    }
  }

  /** One output of each of its jobs: they stay a train, unless each is to be answered, copied or refused. */
  routeTrain(train: Train, outputs: TrainOutputs): void {
    const { kind, payloads } = outputs;
    const to = train.hops < this.maxHops ? this.onlyTarget(outputs) : undefined;
    if (to === undefined || to === HOME) {
      const jobs = jobsOf(train);
      for (const [place, output] of outputsOf(outputs).entries()) this.route(jobs[place]!, [output]);
      return;
    }
    this.sent.toStage(to, payloads.count);
    this.ports.toStage({ ...train, kind, payloads, from: this.stage.number, to, hops: train.hops + 1 });
  }

  /** Nothing more comes of any of its jobs. */
  acknowledge(train: Train): void {
    const { owner } = train;
    this.sent.toOwner(owner, train.payloads.count);
    this.ports.toOwner(owner, acksOf(train));
  }

  /** A worker threw. */
  fail(job: Job, message: string, status: number): void {
    this.sendHome(job.owner, failure(job, this.stage.name, message, status));
  }

  /** The job cannot go on, through no throw of a worker's. @param part what of it; all of it, if not given */
  refuse(job: Job, message: string, { status = 0, poison = false, part = job }: Refusal = {}): void {
    this.ports.onRefused(job, message);
    this.sendHome(job.owner, failure(job, this.stage.name, message, status, poison, part));
  }

  /** How many jobs or answers come of the outputs; what is refused counts as one. */
  private jobsOf(outputs: readonly Output[]): number {
    const copies = this.stage.all.length;
    if (copies < 2) return outputs.length;
    let count = 0;
    for (const { route } of outputs) count += route === OutputRoute.follow ? copies : 1;
    return count;
  }

  private follow(job: Job, body: Body, only: boolean): void {
    const { all, copies, once } = this.stage;
    if (once) {
      this.sendHome(job.owner, finished("ack", job, this.shares.take()));
    } else if (all.length === 0) {
      const message = "it returned a value, but the worker has to choose its edge: return to(stage, value)";
      this.refuse(job, message, { part: this.shares.take() });
    } else if (copies === undefined) {
      for (const target of all) this.send(job, target, body, job.group, "", only && all.length === 1);
    } else {
      const id = this.ports.newGroupId();
      for (let index = 0; index < all.length; index++) {
        const group = { origin: copies, target: HOME, id, index, count: all.length, up: job.group };
        this.send(job, all[index]!, body, group, "", false);
      }
    }
  }

  /** Takes the run of outputs that starts at `first` and goes along the same edge; returns the index of its last. */
  private scatter(job: Job, outputs: readonly Output[], first: number): number {
    const { edge } = outputs[first]!;
    const { target, gathered } = this.edge(outputs[first]!);
    let end = first + 1;
    while (end < outputs.length && outputs[end]!.route === OutputRoute.scatter && outputs[end]!.edge === edge) end++;
    const id = gathered ? this.ports.newGroupId() : 0;
    const count = end - first;
    for (let index = 0; index < count; index++) {
      const up = job.group;
      const group = gathered ? { origin: this.stage.number, target, id, index, count, up } : up;
      this.send(job, target, outputs[first + index]!, group, "", false);
    }
    return end - 1;
  }

  /** Nothing to scatter: the join that would have gathered it gets nothing, at once. */
  private scatterNothing(job: Job, output: Output): void {
    const { target, emptyTo } = this.edge(output);
    if (emptyTo === undefined) {
      this.refuse(job, "it scattered an empty list, and no join gathers it", { part: this.shares.take() });
      return;
    }
    const group = { origin: this.stage.number, target, id: this.ports.newGroupId(), index: 0, count: 0, up: job.group };
    this.send(job, emptyTo, { kind: PayloadKind.json, payload: "null" }, group, "", false);
  }

  private send(job: Job, to: Target, body: Body, group: Group | undefined, meta: string, only: boolean): void {
    const { kind, payload } = body;
    const { session, seq, owner, attempt } = job;
    const part = this.shares.take();
    const { partHigh, partLow } = part;
    if (to === HOME) {
      const gathered = group !== undefined;
      const partial = !only || gathered;
      this.sendHome(owner, {
        type: "answer",
        session,
        seq,
        kind,
        payload,
        attempt,
        partHigh,
        partLow,
        meta,
        partial,
        gathered,
      });
    } else if (job.hops >= this.maxHops) {
      this.refuse(job, `the job has made ${job.hops} hops, the most that max_hops allows`, { part });
    } else if (depthOf(group) > MAX_GROUP_DEPTH) {
      this.refuse(job, `scatters are nested deeper than ${MAX_GROUP_DEPTH}`, { part });
    } else {
      const { priority, lane, floor, deadline, trace } = job;
      const from = this.stage.number;
      const hops = job.hops + 1;
      this.sent.toStage(to);
      this.ports.toStage({
        type: "job",
        session,
        seq,
        kind,
        payload,
        owner,
        attempt,
        from,
        to,
        priority,
        lane,
        hops,
        floor,
        partHigh,
        partLow,
        deadline,
        group,
        trace,
      });
    }
  }

  private sendHome(owner: number, message: Answer | Failure | Ack): void {
    this.sent.toOwner(owner);
    this.ports.toOwner(owner, message);
  }

  private onlyTarget({ route, edge }: TrainOutputs): Target | undefined {
    const { all, copies, once, edges } = this.stage;
    if (route === OutputRoute.edge) return edges[edge]?.target;
    return once || copies !== undefined || all.length !== 1 ? undefined : all[0];
  }

  private edge(output: Output): EdgePlan {
    return this.stage.edges[output.edge]!;
  }
}

interface Refusal {
  readonly status?: number;
  readonly poison?: boolean;
  readonly part?: Part;
}

export function failure(
  job: Job,
  stage: string,
  message: string,
  status: number,
  poison = false,
  part: Part = job,
): Failure {
  return { stage, message, status, poison, gathered: job.group !== undefined, ...finished("failure", job, part) };
}

/** One by one. */
export function outputsOf({ route, edge, kind, payloads }: TrainOutputs): Output[] {
  return payloads.toArray().map((payload) => ({ route, edge, kind, meta: "", payload }));
}

/** Nothing more comes of the part. */
export function finished<T extends string>(type: T, { session, seq, attempt }: Job, { partHigh, partLow }: Part) {
  return { type, session, seq, attempt, partHigh, partLow };
}

/** It names an edge by its index. */
function isDirected(route: OutputRoute): boolean {
  return route === OutputRoute.edge || route === OutputRoute.scatter || route === OutputRoute.empty;
}
