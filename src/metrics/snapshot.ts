/** One moment of a run, as `ps --json` prints it. Plain data: it travels over the control socket. */
export interface Snapshot {
  readonly run: RunSnapshot;
  readonly nodes: readonly NodeSnapshot[];
  readonly stages: readonly StageSnapshot[];
  /** Those of the graph in its order, then the ways home that are not declared and that something has gone. */
  readonly edges: readonly EdgeSnapshot[];
  /** Undefined for a topology without a server. */
  readonly server: ServerSnapshot | undefined;
  readonly sources: readonly SourceSnapshot[];
}

export type RunState = "starting" | "running" | "draining" | "ended";

export interface RunSnapshot {
  readonly name: string;
  readonly state: RunState;
  /** Of the supervisor. */
  readonly pid: number;
  /** Where requests go; undefined until the server listens. */
  readonly url: string | undefined;
  /** Where Prometheus finds it; undefined: nowhere. */
  readonly metricsUrl: string | undefined;
  readonly uptimeMs: number;
  readonly placement: string;
  readonly transport: string;
  /** Absolute path of the topology file. */
  readonly topology: string;
}

export type NodeState = "starting" | "ready" | "running" | "draining" | "waiting" | "failed" | "exited";

export interface NodeSnapshot {
  readonly name: string;
  readonly kind: "server" | "source" | "proxy" | "worker" | "sink" | "gate";
  /** The stage of a worker. */
  readonly stage: string | undefined;
  /** A worker on another host: of its process nothing is known. */
  readonly remote: boolean;
  /** Name of its process; nodes of one process share pid, memory and CPU. */
  readonly process: string;
  readonly pid: number | undefined;
  /** "waiting": it exited and is started again after the back-off. */
  readonly state: NodeState;
  readonly restarts: number;
  /** Since its process was last started; 0 while there is none. */
  readonly uptimeMs: number;
  readonly rssBytes: number;
  /** 100 is one core. */
  readonly cpuPercent: number;
  /** Of all lives of its process. */
  readonly cpuMs: number;
  /** What a worker says that jobs can be matched by; undefined: nothing. */
  readonly advertises: Advertised | undefined;
}

/** Values by name. */
export type Advertised = Readonly<Record<string, readonly string[]>>;

export interface StageSnapshot {
  readonly name: string;
  readonly role: "stage" | "sink";
  readonly workers: {
    readonly wanted: number;
    readonly ready: number;
    /** Workers on other hosts, beside those. */
    readonly remote: number;
    /** Of all. */
    readonly idle: number;
  };
  /** Why it last got another number of workers; undefined: it has those that it began with. */
  readonly scaling: StageScaling | undefined;
  /** Jobs in the queue. */
  readonly depth: number;
  /** Age of the oldest queued job. */
  readonly oldestMs: number;
  /** Share of its workers' time that was spent in the handler in the last few seconds: 1 is all of it. */
  readonly utilisation: number;
  /** Jobs that workers have and have not settled. */
  readonly inFlight: number;
  /** Joins that wait for parts. */
  readonly gathering: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  readonly received: number;
  readonly done: number;
  readonly failed: number;
  readonly redelivered: number;
  readonly dropped: number;
  /** From a job's arrival in the pool until its handler starts. */
  readonly wait: TimesSnapshot;
  /** In the handler. */
  readonly service: TimesSnapshot;
}

export interface StageScaling {
  /** `1 → 2: jobs have waited 1.3s (more than 250ms), 40 are queued`, `2 → 4: by hand`. */
  readonly reason: string;
  /** ms since 1970. */
  readonly at: number;
}

/** What has gone from one node to another; both are named as in the graph. */
export interface EdgeSnapshot {
  readonly from: string;
  readonly to: string;
  /** It leads home: answers, failures and acknowledgements. */
  readonly loopback: boolean;
  /** The worker says what goes along it; along other edges goes every value. */
  readonly chosen: boolean;
  /** It closes a cycle. */
  readonly cycle: boolean;
  /** Jobs, those that were sent again included. */
  readonly count: number;
  readonly perSecond: number;
}

/** How long something took in the last few seconds, and since the run began. */
export interface TimesSnapshot extends TimesSummary {
  readonly total: {
    readonly count: number;
    readonly sumMs: number;
    /** Microseconds, as an HdrHistogram: V2 encoding, compressed, base64; "" when there are none. */
    readonly hdr: string;
  };
}

/** Percentiles are exact to two digits; all are 0 when the count is. */
export interface TimesSummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface SourceSnapshot {
  readonly name: string;
  /**
   * "read": there is nothing more to come, but not all of it is done. "skipped": it is not started, since jobs of a source
   * before it have failed.
   */
  readonly state: "waiting" | "reading" | "read" | "finished" | "skipped";
  /** The sources that it starts after. */
  readonly after: readonly string[];
  /** Jobs in the graph. */
  readonly pending: number;
  readonly done: number;
  readonly failed: number;
  /** Ticks that were left out, because the one before was not done. */
  readonly skipped: number;
  readonly donePerSecond: number;
  /** How much of its input it has read, from 0 to 1; undefined when nobody knows how much there is. */
  readonly progress: number | undefined;
  /** From a job's admission until it is done. */
  readonly latency: TimesSnapshot;
}

export interface ServerSnapshot {
  /** Requests that are not answered yet. */
  readonly pending: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The same by route. */
  readonly routes: readonly RouteSnapshot[];
  /** From the admission of a request to its answer or failure; those whose client has gone are left out. */
  readonly latency: TimesSnapshot;
}

/** What became of the requests of one route. */
export interface RouteSnapshot {
  /** As the topology has it, `/orders/:id`; "" for what no route has answered: not found, no HTTP, files. */
  readonly path: string;
  /** Answers by HTTP status. */
  readonly statuses: Readonly<Record<string, number>>;
}
