import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { messageOf, ZpipeError } from "../../errors.js";
import { outputRead } from "../../output.js";
import type { Unproven } from "../../plan/child.js";
import type { WorkerPlan } from "../../plan/types.js";
import { decodeJson, encodeJson } from "../../protocol/json.js";
import type { Metadata, Run } from "../../topology/types.js";
import { within } from "../within.js";
import { drop, reply, scatter, to } from "./actions.js";
import type { Advertise, Logger, WorkerModule } from "./handler.js";
import { passLines } from "./pass-lines.js";

type Command = Extract<Run, { kind: "command" }>;

/**
 * Any program as a worker, by JSON lines. It reads `{"id": 7, "value": …}` on stdin and writes, in any order,
 * `{"id": 7, "value": …}`, `{"id": 7, "to": "stage", "value": …}`, `{"id": 7, "scatter": "stage", "values": […]}`,
 * `{"id": 7, "reply": …}`, `{"id": 7, "drop": true}` or `{"id": 7, "error": "message", "status": 400}`.
 * `{"advertise": {"tiles": ["a", "b"]}}` says what it has at hand, in place of what it said before.
 * `{"id": 7, "abort": true}` on stdin says that a job is not wanted any more. Its stderr is the log. When it ends, the
 * worker's process ends with it and both are started anew. The metadata of the run is JSON in `ZPIPE_METADATA`.
 */
export async function startCommand(
  run: Command,
  plan: WorkerPlan,
  metadata: Metadata,
  ports: CommandPorts,
): Promise<WorkerModule> {
  const program = new Program(await spawnProgram(run, plan, metadata), ports);
  return {
    default: (job: unknown, ctx) => program.call(job, ctx.signal),
    teardown: () => program.end(),
  };
}

interface CommandPorts {
  readonly log: Logger;
  readonly advertise: Advertise;
  /** The program has ended by itself. Ends this process: the proxy sees it go and gives its jobs to another worker. */
  onDeath(text: string, unproven: Unproven | undefined): void;
}

function spawnProgram(run: Command, plan: WorkerPlan, metadata: Metadata): Promise<ChildProcessWithoutNullStreams> {
  const [file, ...args] = run.argv;
  const told = { ZPIPE_WORKER: plan.name, ZPIPE_STAGE: plan.stage, ZPIPE_METADATA: encodeJson(metadata) };
  const env = { ...process.env, ...plan.env, ...told };
  const child = spawn(file!, args, { cwd: run.cwd, env, stdio: "pipe" });
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child));
    child.once("error", (cause) => reject(notStartable(run, plan.stage, cause)));
  });
}

function notStartable({ argv, cwd }: Command, stage: string, cause: NodeJS.ErrnoException): Error {
  const message = `cannot start ${argv.join(" ")}: ${cause.message}`;
  // Too many processes, or no memory, may be over in a moment.
  if (cause.code !== "ENOENT" && cause.code !== "EACCES") return new Error(message, { cause });
  const hints = [`\`command\` in [stages.${stage}] must name a program on the PATH, or a path from ${cwd}.`];
  return new ZpipeError(message, { code: "no-program", hints, cause });
}

/** How long a program may go on after its stdin has ended; the supervisor's own patience is a little longer. */
const LONGEST_END_MS = 1500;
/** What it has started itself may live on, and hold its pipes. */
const KILLED_MS = 250;

/** An answer to one that was aborted so many aborts ago would be warned of, and do no harm. */
const MOST_ABORTED = 10_000;

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

class Program {
  private readonly calls = new Map<number, Call>();
  /** The latest: a program may say nothing of a job that is not wanted any more. */
  private readonly aborted = new Set<number>();
  private nextId = 1;
  private ending = false;
  private hasAnswered = false;
  /** It has ended, and what it wrote has been read. */
  private readonly ended: Promise<void>;

  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly ports: CommandPorts,
  ) {
    createInterface({ input: child.stdout }).on("line", (line) => this.hear(line));
    const passRest = passLines(child.stderr, process.stderr);
    // A broken pipe is told by the exit that follows it.
    child.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => {
      child.once("exit", async (code, signal) => {
        // A traceback, or its last answers, may still be in the pipes.
        await outputRead(child);
        passRest();
        this.onExit(code, signal);
        resolve();
      });
    });
  }

  call(value: unknown, signal: AbortSignal): Promise<unknown> {
    const id = this.nextId++;
    this.child.stdin.write(`${encodeJson({ id, value })}\n`);
    signal.addEventListener("abort", () => this.abort(id), { once: true });
    return new Promise((resolve, reject) => this.calls.set(id, { resolve, reject }));
  }

  /** The program may answer all the same, or not: nobody waits for it. */
  private abort(id: number): void {
    const call = this.calls.get(id);
    if (!call) return;
    this.calls.delete(id);
    this.aborted.add(id);
    if (this.aborted.size > MOST_ABORTED) this.aborted.delete(this.aborted.values().next().value!);
    this.child.stdin.write(`${encodeJson({ id, abort: true })}\n`);
    call.reject(new Error("aborted"));
  }

  /** Its stdin ends; resolves when the program has ended too, or has taken its time. */
  async end(): Promise<void> {
    this.ending = true;
    this.child.stdin.end();
    await within(LONGEST_END_MS, this.ended);
    // No harm when it has ended.
    this.child.kill("SIGKILL");
    await within(KILLED_MS, this.ended);
  }

  private hear(line: string): void {
    let said: Record<string, unknown>;
    try {
      said = decodeJson(line) as Record<string, unknown>;
    } catch {
      this.hearOther(line);
      return;
    }
    if (said?.advertise !== undefined && said.id === undefined) {
      this.hearAdvertised(said.advertise);
      return;
    }
    const id = said?.id as number;
    if (this.aborted.delete(id)) return;
    const call = this.answered(id);
    if (!call) {
      this.ports.log.warn(`an answer without the id of a job in hand: ${line}`);
      return;
    }
    try {
      call.resolve(answerOf(said));
    } catch (error) {
      call.reject(error as Error);
    }
  }

  /** No JSON: what it shows to people, or an answer with what JSON does not have, such as NaN, which it knows nothing of. */
  private hearOther(line: string): void {
    const [, id] = /^\s*\{\s*"id"\s*:\s*(\d+)\s*,/.exec(line) ?? [];
    if (id !== undefined && this.aborted.delete(Number(id))) return;
    const call = id === undefined ? undefined : this.answered(Number(id));
    if (call) call.reject(new Error(`its program answered with what is no JSON: ${line}`));
    else this.ports.log.warn(`not a JSON line, shown as it came: ${line}`);
  }

  /** Whose answer it is, if it is one. */
  private answered(id: number): Call | undefined {
    const call = this.calls.get(id);
    if (!call) return undefined;
    this.calls.delete(id);
    this.hasAnswered = true;
    return call;
  }

  private hearAdvertised(attributes: unknown): void {
    try {
      this.ports.advertise(attributes as Parameters<Advertise>[0]);
    } catch (error) {
      this.ports.log.warn(messageOf(error));
    }
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.ending) return;
    const unproven = this.hasAnswered ? undefined : this.nextId === 1 ? "unused" : "unanswered";
    const when = { unused: " before its first job", unanswered: " before its first answer" };
    const text = `its program ended with ${signal ?? `exit code ${code}`}${unproven ? when[unproven] : ""}`;
    this.ports.onDeath(text, unproven);
  }
}

/** @throws Error what the program says of the job, or that it says it wrong */
function answerOf(said: Record<string, unknown>): unknown {
  if ("error" in said) throw Object.assign(new Error(String(said.error)), { status: said.status });
  if ("reply" in said) return reply(said.reply, said);
  if ("scatter" in said) {
    if (Array.isArray(said.values)) return scatter(String(said.scatter), said.values);
    throw new Error('its program answered "scatter" without a list of "values"');
  }
  if ("to" in said) return to(String(said.to), said.value);
  if (said.drop === true) return drop();
  const { id: _, ...others } = said;
  const [strange] = Object.keys(others);
  // Some writers of JSON leave out what is undefined.
  if ("value" in said || strange === undefined) return said.value;
  throw new Error(`its program answered without a "value", but with ${JSON.stringify(strange)}`);
}
