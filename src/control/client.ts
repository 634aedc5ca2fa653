import { createConnection, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { ExitCode, ZpipeError } from "../errors.js";
import type { Snapshot } from "../metrics/snapshot.js";
import { controlSocket, type RunRecord } from "./record.js";
import type { Trace } from "./trace.js";
import type { Control, RunEvent, ScaleResult, StopResult, WatchOptions } from "./types.js";
import { type Call, fromWireError, type Response } from "./wire.js";

/** The Control of a run of another process. Every call is a connection of its own: there is no state to lose. */
export function controlClient(record: RunRecord): Control {
  const path = controlSocket(record);
  const name = record.name;
  return {
    snapshot: () => request<Snapshot>(path, name, { method: "snapshot" }),
    scale: (changes) => request<ScaleResult>(path, name, { method: "scale", changes }),
    restart: async (node) => void (await request(path, name, { method: "restart", node })),
    kill: async (node) => void (await request(path, name, { method: "kill", node })),
    resend: async (letters) => void (await request(path, name, { method: "resend", letters })),
    trace: (id) => request<Trace>(path, name, { method: "trace", request: id }),
    slowest: (count) => request<readonly Trace[]>(path, name, { method: "slowest", count }),
    stop: (options = {}) => request<StopResult>(path, name, { method: "stop", options }),
    watch: (onEvent, options = {}) => watch(path, onEvent, options),
  };
}

function request<Result>(path: string, name: string, call: Call): Promise<Result> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, call, (response) => {
      if ("result" in response) resolve(response.result as Result);
      if ("error" in response) reject(fromWireError(response.error));
      socket.destroy();
    });
    socket.on("error", (cause) => reject(gone(name, cause)));
    socket.once("close", () => reject(gone(name)));
  });
}

function watch(path: string, onEvent: (event: RunEvent) => void, options: WatchOptions): () => void {
  const socket = connect(path, { method: "watch", options }, (response) => {
    if ("event" in response) onEvent(response.event);
  });
  // The run ended: that is the last thing to be watched.
  const ended = () => onEvent({ type: "state", state: "ended" });
  socket.on("error", () => {});
  socket.once("close", ended);
  return () => {
    socket.off("close", ended);
    socket.destroy();
  };
}

function connect(path: string, call: Call, onResponse: (response: Response) => void): Socket {
  const socket = createConnection(path, () => socket.write(`${JSON.stringify({ id: 1, call })}\n`));
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    const response = decodeResponse(line);
    if (response === undefined) socket.destroy();
    else onResponse(response);
  });
  // readline repeats its input's errors; the socket's own listeners are told of them.
  lines.on("error", () => {});
  return socket;
}

/** Undefined: the run died while it wrote, and this is the half of a line. */
function decodeResponse(line: string): Response | undefined {
  try {
    return JSON.parse(line) as Response;
  } catch {
    return undefined;
  }
}

function gone(name: string, cause?: Error): ZpipeError {
  return new ZpipeError(`the run ${JSON.stringify(name)} ended or does not answer`, {
    code: "run-gone",
    exitCode: ExitCode.unavailable,
    cause,
  });
}
