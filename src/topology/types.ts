/** The topology after parsing: every default filled in, every path absolute, every unit in base units (ms, bytes). */
export interface Topology {
  readonly name: string;
  /** Absolute path of the file that was loaded (not of its includes). */
  readonly file: string;
  readonly placement: Placement;
  /** What its workers, sources and sinks are told before the first job. */
  readonly metadata: Metadata;
  /** A job that has made this many hops ends as an error to its owner. */
  readonly maxHops: number;
  /** How long a run that is told to end waits for what it has taken. */
  readonly drainMs: number;
  readonly server: Server | undefined;
  readonly sources: readonly Source[];
  /** The stages in file order, then the sinks: a sink is a stage that nothing leads on from. */
  readonly stages: readonly Stage[];
  /** Proxies that were declared; a stage that none of them names gets one of its own. */
  readonly proxies: readonly Proxy[];
  /** One entry per (from, to) pair, in file order. */
  readonly edges: readonly Edge[];
  /** Example requests with their answers, in file order: what `zpipe bench` sends. */
  readonly samples: readonly Sample[];
  /** In file order: what `zpipe test` does. */
  readonly tests: readonly SystemTest[];
  /** Undefined: only this machine works for the topology. */
  readonly discovery: Discovery | undefined;
  /** Where the run tells its metrics; undefined: nowhere. */
  readonly metrics: Address | undefined;
}

export interface Address {
  /** As `listen` of Node wants it: an IPv6 address stands without its brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** The name of the node that lets workers of other hosts in. */
export const GATE = "gate";

/** How workers on other hosts find the topology, and who of them may join. */
export interface Discovery {
  /** Where the gate listens: an IPv4 address, the name of a network interface, or "*" for all. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absolute path of the directory of keys; undefined: everybody may join, and `host` is loopback. */
  readonly keys: string | undefined;
  /** Undefined: whoever joins has to be told the address. */
  readonly beacon: { /** UDP. */ readonly port: number; readonly intervalMs: number } | undefined;
  /** Workers of other hosts at one time; one more is not let in. */
  readonly maxWorkers: number;
}

/** JSON data, by name; integers that a double cannot hold are bigints. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Which nodes share a process: each its own; server and proxies together; everything in one. */
export type Placement = "separate" | "hub" | "inline";
export const PLACEMENTS: readonly Placement[] = ["separate", "hub", "inline"];

/** The name by which edges call the HTTP entry; no stage may have it. */
export const SERVER = "server";

export interface Server extends Address {
  readonly timeoutMs: number;
  /** Requests in the graph at one time; one more is answered 503. */
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  readonly maxBodyBytes: number;
  /** What a late request is answered; undefined: 504 and a problem document. */
  readonly onTimeout: StaticAnswer | undefined;
  readonly cors: Cors | undefined;
  /** Show a worker's error message to the client; off by default, since it may tell about the inside. */
  readonly exposeErrors: boolean;
  /** Path of the health check. */
  readonly health: string;
  /** Files for what no route takes. */
  readonly static: StaticFiles | undefined;
  readonly accessLog: AccessLogFile | undefined;
  readonly routes: readonly Route[];
}

export interface AccessLogFile {
  /** Absolute path. */
  readonly file: string;
  readonly format: AccessLogFormat;
}

/** Apache's Combined Log Format, or a JSON object a line. */
export type AccessLogFormat = "combined" | "json";
export const ACCESS_LOG_FORMATS: readonly AccessLogFormat[] = ["combined", "json"];

export interface StaticFiles {
  /** Absolute path of the directory. */
  readonly dir: string;
  /** Where the directory stands in URLs: begins and ends with a slash. */
  readonly path: string;
}

export interface StaticAnswer {
  readonly status: number;
  /** JSON-serialisable. */
  readonly body: unknown;
}

export interface Cors {
  /** "*" or the allowed origins. */
  readonly origins: "*" | readonly string[];
  readonly methods: readonly string[] | undefined;
  readonly headers: readonly string[] | undefined;
  readonly credentials: boolean;
  readonly maxAgeSeconds: number | undefined;
}

export interface Route {
  /** Upper case; GET implies HEAD. */
  readonly methods: readonly string[];
  /** With `:name` parameters, e.g. `/tiles/:z/:x/:y`. */
  readonly path: string;
  readonly params: readonly Field[];
  readonly query: readonly Field[];
  readonly body: Body;
  /** Stages that get the job; more than one is a scatter. */
  readonly to: readonly string[];
  readonly timeoutMs: number;
  readonly onTimeout: StaticAnswer | undefined;
  /** For proxies with the policy "priority": 0 to 255, the larger first. */
  readonly priority: number;
  /** For proxies with the policy "fair": requests with another value of this parameter queue in another lane. */
  readonly lane: string | undefined;
}

/** What a request's body is: none allowed, any JSON, text, bytes, or a JSON object of typed fields. */
export type Body =
  | { readonly kind: "none" | "json" | "text" | "bytes" }
  | { readonly kind: "fields"; readonly fields: readonly Field[] };

export type ScalarType = "integer" | "bigint" | "number" | "string" | "boolean" | "json";

/** One typed parameter: of the path, of the query, or a key of the JSON body. */
export interface Field {
  readonly name: string;
  readonly type: ScalarType;
  readonly array: boolean;
  readonly required: boolean;
  /** Used when the parameter is absent; undefined: the key is left out. A `bigint` when the type is bigint. */
  readonly default: unknown;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly enum: readonly (string | number)[] | undefined;
  /** Most items of an array. */
  readonly maxItems: number | undefined;
}

/** A batch entry: it owns its jobs until they are done. */
export interface Source {
  readonly name: string;
  readonly input: SourceInput;
  /** Stages that get each job; more than one is a scatter. */
  readonly to: readonly string[];
  /** Jobs in the graph at one time; the source waits before it reads one more. */
  readonly maxInFlight: number;
  readonly maxInFlightBytes: number;
  /** How long a job may take; undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly priority: number;
  /** Jobs that it makes at most; undefined: all there are. */
  readonly limit: number | undefined;
  /** Absolute path of the file that tells how far it has come; undefined: a second run begins anew. */
  readonly checkpoint: string | undefined;
  /** Sources that must have come to their end, all that they made being done, before this one reads its first job. */
  readonly after: readonly string[];
  /** It starts even if jobs of those before it have failed. */
  readonly despiteFailures: boolean;
  /** Added to the environment of its process. */
  readonly env: Readonly<Record<string, string>>;
}

export type SourceInput =
  /** JSON lines. */
  | { readonly kind: "stdin" }
  | { readonly kind: "file" /** Absolute. */; readonly path: string }
  /** A module whose default export makes an (async) iterable. */
  | { readonly kind: "module" /** Absolute. */; readonly path: string }
  | TickInput;

/** A job at each tick of a clock, never a second before the first is done. */
export interface TickInput {
  readonly kind: "ticks";
  readonly schedule: Schedule;
  /** What becomes of a tick while the one before is not done: it is left out, or comes when that is. */
  readonly overlap: "skip" | "wait";
  /** The source comes to its end after so many; undefined: never. */
  readonly limit: number | undefined;
}

export type Schedule =
  | { readonly kind: "every"; readonly ms: number }
  /** Undefined timezone: that of the machine. */
  | { readonly kind: "cron"; readonly pattern: string; readonly timezone: string | undefined };

export interface Stage {
  readonly name: string;
  /** A sink takes what is finished, in the process of its own proxy. */
  readonly role: "stage" | "sink";
  readonly run: Run;
  readonly workers: WorkerCount;
  /** The stages whose parts are gathered into one job; undefined: every job is taken as it comes. */
  readonly join: Join | undefined;
  /** Threads in which one worker runs its module; undefined: none, jobs are done on its event loop. */
  readonly threads: number | undefined;
  /** Jobs that one worker has in hand at a time; at least one for each of its threads. */
  readonly concurrency: number;
  /** Deliveries of one job before it ends as an error to its owner. */
  readonly maxAttempts: number;
  /** How often a handler that has thrown is called again with the same job. */
  readonly retries: number;
  /** Names of fields, joined by dots: jobs in which they lead to equal values go to the same worker. */
  readonly key: string | undefined;
  /** Jobs go to workers that advertise what they need; undefined: to any. */
  readonly match: Match | undefined;
  /** "all": each worker gets a copy of every job. */
  readonly deliver: Deliver;
  /** Added to the environment of the stage's workers. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Match {
  /** Names of fields, joined by dots, that lead to what a job needs. */
  readonly job: string;
  /** The name under which workers advertise what they have. */
  readonly worker: string;
  /**
   * What no worker advertises is for any of them; or for one of them, while others that need the same wait until it has
   * advertised it or is done; or waits until a worker advertises it.
   */
  readonly otherwise: "any" | "one" | "wait";
}

/** Who gets a job: one of the workers, or all of them. */
export type Deliver = "one" | "all";

export type Run =
  | { readonly kind: "module" /** Absolute path of a .js, .mjs or .ts file. */; readonly path: string }
  | { readonly kind: "command"; readonly argv: readonly string[] /** Absolute. */; readonly cwd: string }
  /** Sinks only: each value is written as a line of JSON. */
  | { readonly kind: "file" /** Absolute. */; readonly path: string }
  | { readonly kind: "stdout" };

export interface WorkerCount {
  readonly min: number;
  readonly max: number;
  /** How many are started. */
  readonly initial: number;
  /** How the pool sizes itself between min and max; undefined: it does not. */
  readonly sizing: Sizing | undefined;
}

export interface Sizing {
  /** Jobs that wait for longer make the pool grow. */
  readonly waitMs: number;
  /** Workers that were too many for so long go. */
  readonly idleMs: number;
}

export interface Join {
  readonly stages: readonly string[];
  /** `join = "a"` (a string): the worker gets the part or parts themselves, not an object keyed by stage. */
  readonly bare: boolean;
}

export interface Proxy {
  readonly name: string;
  /** The stages that share it. */
  readonly stages: readonly string[];
  /** Jobs given to one worker beyond those it runs; undefined: sized by measured service time. */
  readonly prefetch: number | undefined;
  /** Queued jobs beyond which a job is rejected to its owner. */
  readonly maxQueued: number | undefined;
  readonly policy: Policy;
}

/** The order in which a proxy gives out the jobs that wait. */
export type Policy = "fifo" | "priority" | "fair" | "earliest-deadline";
export const POLICIES: readonly Policy[] = ["fifo", "priority", "fair", "earliest-deadline"];

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** "all": every returned value goes along it; "choose": only what the worker sends with `to` or `scatter`. */
  readonly route: "all" | "choose";
  readonly loopback: boolean;
}

/** A request and what must come back. */
export interface Sample {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body: SampleBody | undefined;
  readonly status: number;
  /** Undefined: any. A string may also be the text of an answer that is no JSON. */
  readonly answer: { readonly value: unknown } | undefined;
}

export type SampleBody =
  | { readonly kind: "json" /** Integers that a double cannot hold are bigints. */; readonly value: unknown }
  | { readonly kind: "text"; readonly contentType: string; readonly text: string };

/** What is done with a run of the topology, and what must come of it. */
export interface SystemTest {
  readonly name: string;
  readonly act: TestAct;
  /** Stages that are to have no workers. */
  readonly without: readonly string[];
  /** Stages whose workers are all killed with a job of the test in hand. */
  readonly kill: readonly string[];
  /** It must be over within this time. */
  readonly withinMs: number | undefined;
  /** It must not be over before. */
  readonly notBeforeMs: number | undefined;
}

export type TestAct =
  | { readonly kind: "request"; readonly sample: Sample }
  /** One job for one stage alone; what it returns or sends anywhere is the answer. */
  | {
      readonly kind: "stage";
      readonly stage: string;
      readonly job: unknown;
      readonly status: number;
      /** Undefined: any. */
      readonly result: { readonly value: unknown } | undefined;
    }
  | TestBatch;

/** Jobs of one source until the last is done. */
export interface TestBatch {
  readonly kind: "batch";
  /** Undefined: the only one. */
  readonly source: string | undefined;
  /** Undefined: what the source itself reads or makes. */
  readonly jobs: readonly unknown[] | undefined;
  /** What the sink must have got; undefined: anything. */
  readonly results: readonly unknown[] | undefined;
  /** Undefined: the only one that writes lines. */
  readonly sink: string | undefined;
  /** The results must come in that order. */
  readonly ordered: boolean;
  /** How many of the jobs must fail. */
  readonly failed: number;
}

/** 1-based; a diagnostic without a place in the text has line 1, column 1. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to try, e.g. `did you mean "square"?` */
  readonly hint: string | undefined;
}
