import type { Body } from "../../protocol/payload.js";

/** The way from HTTP into the graph and home again; the HTTP side knows nothing else of the graph. */
export interface Gateway {
  /** Requests are taken only while it is ready. */
  state(): GatewayState;
  /**
   * Admits one request. `settle` is called exactly once and never before `submit` has returned; after `cancel` it is
   * not called at all.
   */
  submit(request: GraphRequest, settle: (outcome: Outcome) => void): Submission;
}

export type GatewayState = "starting" | "ready" | "draining";

export interface GraphRequest {
  /** Index of the route in the topology. */
  readonly route: number;
  readonly body: Body;
  /** Fair queues serve the lanes in turn; 32 bits. */
  readonly lane: number;
  /** Time until the answer is no longer wanted, in ms. */
  readonly timeoutMs: number;
  /** W3C trace context as it came, passed on untouched. */
  readonly traceparent: string | undefined;
}

export type Submission =
  | { readonly accepted: true /** Unique in the run. */; readonly id: string; cancel(): void }
  | { readonly accepted: false; readonly reason: "busy" | GatewayState; readonly retryAfterSeconds: number };

export type Outcome =
  | { readonly kind: "answer"; readonly body: Body; readonly meta: AnswerMeta | undefined }
  /** A worker threw, or the graph refused the job. */
  | { readonly kind: "failed"; readonly failure: GraphFailure }
  /** All that came of it has ended, and none of it in an answer. */
  | { readonly kind: "done" }
  | { readonly kind: "timeout" }
  /** The graph has ended before it was answered. */
  | { readonly kind: "ended" };

/** What a worker said about its answer with `reply(value, meta)`. */
export interface AnswerMeta {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GraphFailure {
  readonly stage: string;
  readonly message: string;
  /** Set when the worker threw a WorkerError with a status: then the message is meant for the client. */
  readonly status: number | undefined;
  /** Its workers died of it: there is a dead letter of it. */
  readonly poison?: boolean;
}
