import { messageOf, ZpipeError } from "../errors.js";
import type { DeadLetter } from "../plan/child.js";
import type { RunEvent, ScaleChange, StopOptions, WatchOptions } from "./types.js";

/**
 * JSON Lines over the control socket: a request has an id, its one response has the same. After the response to
 * `watch`, events follow until the connection is closed.
 */
export interface Request {
  readonly id: number;
  readonly call: Call;
}

export type Call =
  | { readonly method: "snapshot" }
  | { readonly method: "scale"; readonly changes: readonly ScaleChange[] }
  | { readonly method: "restart"; readonly node: string }
  | { readonly method: "kill"; readonly node: string }
  | { readonly method: "resend"; readonly letters: readonly DeadLetter[] }
  | { readonly method: "trace"; readonly request: string }
  | { readonly method: "slowest"; readonly count: number }
  | { readonly method: "stop"; readonly options: StopOptions }
  | { readonly method: "watch"; readonly options?: WatchOptions };

export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly id: number; readonly event: RunEvent };

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly hints: readonly string[];
  readonly exitCode: number;
}

export function toWireError(error: unknown): WireError {
  if (error instanceof ZpipeError) {
    return { code: error.code, message: error.message, hints: error.hints, exitCode: error.exitCode };
  }
  return { code: "internal", message: messageOf(error), hints: [], exitCode: 1 };
}

export function fromWireError({ message, ...rest }: WireError): ZpipeError {
  return new ZpipeError(message, rest);
}

/** Throws when the line is not a request. */
export function decodeRequest(line: string): Request {
  const value: unknown = JSON.parse(line);
  if (!isObject(value) || !Number.isInteger(value.id) || !isObject(value.call)) throw malformed();
  const { id, call } = value as { id: number; call: Record<string, unknown> };
  return { id, call: decodeCall(call) };
}

function decodeCall(call: Record<string, unknown>): Call {
  const { method, changes, node, letters, options, request, count } = call;
  if (method === "snapshot") return { method };
  if (method === "watch" && options === undefined) return { method };
  if (method === "watch" && isWatchOptions(options)) return { method, options };
  if (method === "scale" && Array.isArray(changes) && changes.every(isScaleChange)) return { method, changes };
  if ((method === "restart" || method === "kill") && typeof node === "string") return { method, node };
  if (method === "resend" && Array.isArray(letters) && letters.every(isDeadLetter)) return { method, letters };
  if (method === "trace" && typeof request === "string") return { method, request };
  if (method === "slowest" && Number.isInteger(count)) return { method, count: count as number };
  if (method === "stop" && isStopOptions(options)) return { method, options };
  throw malformed();
}

function isScaleChange(value: unknown): value is ScaleChange {
  if (!isObject(value) || typeof value.stage !== "string") return false;
  const to = value.to;
  return Number.isInteger(to) || (isObject(to) && Number.isInteger(to.delta));
}

function isDeadLetter(value: unknown): value is DeadLetter {
  if (!isObject(value) || !Number.isInteger(value.route) || !Number.isInteger(value.lane)) return false;
  const { id, owner, entry, kind, payload } = value;
  return (
    [id, owner, entry, payload].every((text) => typeof text === "string") && ["json", "base64"].includes(`${kind}`)
  );
}

function isStopOptions(value: unknown): value is StopOptions {
  if (!isObject(value)) return false;
  const { graceMs, kill } = value;
  return ["number", "undefined"].includes(typeof graceMs) && ["boolean", "undefined"].includes(typeof kill);
}

function isWatchOptions(value: unknown): value is WatchOptions {
  if (!isObject(value)) return false;
  const { types, past } = value;
  const areTypes = types === undefined || (Array.isArray(types) && types.every((type) => typeof type === "string"));
  return areTypes && ["boolean", "undefined"].includes(typeof past);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function malformed(): ZpipeError {
  return new ZpipeError("this zpipe and the running one do not understand each other", {
    code: "control-mismatch",
    hints: ["Use the version of zpipe that started the run, or start it again."],
  });
}
