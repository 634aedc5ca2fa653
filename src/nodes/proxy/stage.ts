import type { ProxyPlan, StagePlan } from "../../plan/types.js";
import { type Job, type Output, OutputRoute, type Train } from "../../protocol/messages.js";
import { PayloadKind } from "../../protocol/payload.js";
import type { HopLog } from "../hop-log.js";
import { jobsOf } from "../load.js";
import { Once } from "../once.js";
import { BroadcastPool } from "./broadcast-pool.js";
import { theLast, together } from "./copies.js";
import { Gatherer } from "./gatherer.js";
import { keyReader } from "./job-key.js";
import { KeyedPool } from "./keyed-pool.js";
import { MatchedPool } from "./matched-pool.js";
import { Pool } from "./pool.js";
import type { PoolOptions, PoolPorts, StagePool } from "./pool-types.js";
import { finished, outputsOf, Router, type RouterPorts } from "./router.js";

/** What a stage says to its proxy. */
export interface StagePorts extends RouterPorts, Pick<PoolPorts, "unwanted" | "partlyUnwanted" | "now"> {}

type SinkOutcome =
  | { readonly outputs: readonly Output[] }
  | { readonly message: string; readonly status: number; readonly poison: boolean };

/** A stage of a proxy: gathers its jobs, if it is a join, has its pool do them, and routes what comes of them. */
export class Stage {
  readonly pool: StagePool;
  private readonly router: Router;
  private readonly gatherer: Gatherer | undefined;
  /** What came of each job that may come again. */
  private readonly once: Once<SinkOutcome> | undefined;
  /** Jobs that were not wanted any more when they came, or while they were gathered. */
  private dropped = 0;

  constructor(
    plan: StagePlan,
    proxy: ProxyPlan,
    private readonly ports: StagePorts,
    hops: HopLog,
  ) {
    this.router = new Router(plan, proxy.maxHops, ports);
    this.gatherer = plan.join && new Gatherer(plan.join, proxy.stageNames);
    this.once = plan.once ? new Once<SinkOutcome>(TAKEN) : undefined;
    const options: PoolOptions = {
      stage: plan.name,
      concurrency: plan.concurrency,
      edges: plan.edges.map(({ target }) => proxy.stageNames[target] ?? "server"),
      maxAttempts: plan.maxAttempts,
      prefetch: proxy.prefetch,
      recalls: !plan.once,
      maxQueued: proxy.maxQueued,
      policy: proxy.policy,
    };
    this.pool = poolOf(plan, options, this.poolPorts(), hops);
  }

  take(job: Job): void {
    const { ports, once, gatherer, router } = this;
    if (ports.unwanted(job)) {
      this.dropped++;
      return;
    }
    if (once && !isNew(once, router, job)) return;
    const gathered = gatherer ? gatherer.add(job) : job;
    if (gathered === "huge") router.refuse(job, "its parts are too large to be gathered in one job");
    else if (gathered === "stray") {
      router.refuse(job, "it gathers the parts of a scatter, but this job does not come from one that it knows");
    } else if (gathered === "spare") ports.toOwner(job.owner, finished("ack", job, job));
    else if (gathered !== "waiting") this.pool.add(gathered);
  }

  /** As a whole where nothing is asked of each job but to be queued. */
  takeTrain(train: Train): void {
    const { pool, once } = this;
    const isPlain = !this.gatherer && pool instanceof Pool && !this.ports.unwanted(train);
    if (isPlain && (!once || once.meetTrain(train))) pool.add(train);
    else for (const job of jobsOf(train)) this.take(job);
  }

  dropSession(session: number): void {
    this.once?.dropSession(session);
  }

  sweep(): void {
    this.pool.sweep();
    this.dropped += this.gatherer?.drop((job) => this.ports.unwanted(job)) ?? 0;
  }

  stats() {
    const stats = this.pool.stats();
    const sent = this.router.sent.stats();
    return { ...stats, gathering: this.gatherer?.size ?? 0, dropped: stats.dropped + this.dropped, sent };
  }

  private poolPorts(): PoolPorts {
    const { router, once } = this;
    const { unwanted, partlyUnwanted, now } = this.ports;
    const ports: PoolPorts = {
      done: (job, outputs) =>
        router.route(once ? once.settle(job, { outputs: outputs.map(withoutValue) }) : job, outputs),
      trainDone: (train, outputs) => {
        if (!once) router.routeTrain(train, outputs);
        else if (outputs.route === OutputRoute.follow && once.settleTrain(train)) router.acknowledge(train);
        else {
          const jobs = jobsOf(train);
          for (const [place, output] of outputsOf(outputs).entries()) ports.done(jobs[place]!, [output]);
        }
      },
      failed: (job, message, status) => {
        router.fail(once ? once.settle(job, { message, status, poison: false }) : job, message, status);
      },
      refused: (job, message, refusal) => {
        const { status = 0, poison = false } = refusal;
        router.refuse(once ? once.settle(job, { message, status, poison }) : job, message, refusal);
      },
      unwanted,
      partlyUnwanted,
      now,
    };
    return ports;
  }
}

function poolOf(plan: StagePlan, options: PoolOptions, ports: PoolPorts, log: HopLog): StagePool {
  const { key, match, deliver } = plan;
  if (deliver === "all") return new BroadcastPool(options, ports, log, plan.once ? theLast : together);
  if (key !== undefined) return new KeyedPool(keyReader(key), { ...options, key }, ports, log);
  if (match !== undefined) return new MatchedPool(match, options, ports, log);
  return new Pool(options, ports, log);
}

/** What comes of most jobs of a sink. */
const TAKEN: SinkOutcome = {
  outputs: [{ route: OutputRoute.follow, edge: 0, meta: "", kind: PayloadKind.json, payload: "" }],
};

/** What a sink returns goes nowhere: only that it has returned is to be remembered. */
function withoutValue(output: Output): Output {
  return output.route === OutputRoute.follow ? { ...output, kind: PayloadKind.json, payload: "" } : output;
}

/** What came of it the first time is said again. */
function isNew(once: Once<SinkOutcome>, router: Router, job: Job): boolean {
  const taken = once.meet(job);
  if (taken === undefined) return true;
  if (taken === "over" || taken.outcome === undefined) return false;
  const { outcome } = taken;
  if ("outputs" in outcome) router.route(job, outcome.outputs);
  else router.refuse(job, outcome.message, outcome);
  return false;
}
