import { type EdgePlan, HOME, type StagePlan, type Target } from "../../plan/types.js";
import {
  type Answer,
  depthOf,
  type Failure,
  type Group,
  type Job,
  MAX_GROUP_DEPTH,
  type Output,
  OutputRoute,
  type RequestId,
} from "../../protocol/messages.js";
import { type Body, PayloadKind } from "../../protocol/payload.js";

/** Where the router's decisions go. */
export interface RouterPorts {
  toStage(job: Job): void;
  toOwner(owner: number, message: Answer | Failure): void;
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
  constructor(
    private readonly stage: StagePlan,
    private readonly maxHops: number,
    private readonly ports: RouterPorts,
  ) {}

  route(job: Job, outputs: readonly Output[]): void {
    if (outputs.length === 0) {
      this.refuse(job, "its worker finished it without an output");
      return;
    }
    if (outputs.some((output) => !this.stage.edges[output.edge] && isDirected(output.route))) {
      this.refuse(job, "its worker named an edge that does not exist");
      return;
    }
    const only = outputs.length === 1;
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

  /** A worker threw. */
  fail(job: Job, message: string, status: number): void {
    this.ports.toOwner(job.owner, failure(job, this.stage.name, message, status));
  }

  /** The job cannot go on, through no throw of a worker's. */
  refuse(job: Job, message: string, status = 0): void {
    this.ports.onRefused(job, message);
    this.fail(job, message, status);
  }

  private follow(job: Job, body: Body, only: boolean): void {
    const { all, copies } = this.stage;
    if (all.length === 0) {
      this.refuse(job, "it returned a value, but the worker has to choose its edge: return to(stage, value)");
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
      this.refuse(job, "it scattered an empty list, and no join gathers it");
      return;
    }
    const group = { origin: this.stage.number, target, id: this.ports.newGroupId(), index: 0, count: 0, up: job.group };
    this.send(job, emptyTo, { kind: PayloadKind.json, payload: "null" }, group, "", false);
  }

  private send(job: Job, to: Target, body: Body, group: Group | undefined, meta: string, only: boolean): void {
    const { kind, payload } = body;
    const { session, seq, owner } = job;
    if (to === HOME) {
      const partial = !only || group !== undefined;
      this.ports.toOwner(owner, { type: "answer", session, seq, kind, payload, meta, partial });
    } else if (job.hops >= this.maxHops) {
      this.refuse(job, `the job has made ${job.hops} hops, the most that max_hops allows`);
    } else if (depthOf(group) > MAX_GROUP_DEPTH) {
      this.refuse(job, `scatters are nested deeper than ${MAX_GROUP_DEPTH}`);
    } else {
      const { attempt, priority, lane, deadline, trace } = job;
      const from = this.stage.number;
      const hops = job.hops + 1;
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
        deadline,
        group,
        trace,
      });
    }
  }

  private edge(output: Output): EdgePlan {
    return this.stage.edges[output.edge]!;
  }
}

export function failure(request: RequestId, stage: string, message: string, status: number): Failure {
  return { type: "failure", session: request.session, seq: request.seq, stage, message, status };
}

/** It names an edge by its index. */
function isDirected(route: OutputRoute): boolean {
  return route === OutputRoute.edge || route === OutputRoute.scatter || route === OutputRoute.empty;
}
