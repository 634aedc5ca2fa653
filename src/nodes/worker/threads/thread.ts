import { BroadcastChannel, parentPort, workerData } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { messageOf, unreachable } from "../../../errors.js";
import type { LogLevel } from "../../../plan/child.js";
import type { Work } from "../../../protocol/messages.js";
import { frozen } from "../../frozen.js";
import { plainFields } from "../../log-fields.js";
import { allWritten } from "../../written.js";
import type { LogFunction, WorkerModule } from "../handler.js";
import { loadWorkerModule } from "../module.js";
import { type JobRunner, runHere } from "../runner.js";
import { stackOf, statusOf } from "../thrown.js";
import {
  type FromThread,
  received,
  send,
  type Task,
  type TaskResult,
  type ThreadData,
  type ToThreads,
} from "./messages.js";
import { ThreadContext, unheard } from "./thread-context.js";

const { plan, module: file, channel } = workerData as ThreadData;
const tell = (message: FromThread) => parentPort!.postMessage(message);

const logger =
  (level: LogLevel): LogFunction =>
  (message, fields) =>
    tell({ type: "log", level, message, fields: fields && plainFields(fields) });
const log = { debug: logger("debug"), info: logger("info"), warn: logger("warn"), error: logger("error") };

const contexts = new Map<number, ThreadContext>();

/** Entry of every thread of a worker: what its pool calls for each job, as soon as there is something to call. */
export default start();

async function start(): Promise<(task: Task) => Promise<unknown>> {
  const runner = runHere(await setUp(), plan.edges);
  const ear = new BroadcastChannel(channel);
  ear.onmessage = (event) => hear((event as { data: ToThreads }).data, runner);
  tell({ type: "ready" });
  return (task) => resultOf(task, runner);
}

async function setUp(): Promise<WorkerModule> {
  try {
    const module = await loadWorkerModule(file.source, file.file, "");
    const { topology, stage, name: worker } = plan;
    await module.setup?.({ topology, stage, worker, metadata: frozen(file.metadata), log, advertise: unheard });
    return module;
  } catch (error) {
    // The thread ends with it.
    await allWritten();
    throw error;
  }
}

function hear(message: ToThreads, runner: JobRunner): void {
  switch (message.type) {
    case "abort":
      contexts.get(message.number)?.abort();
      break;
    case "end":
      void leave(runner);
      break;
    default:
      unreachable(message);
  }
}

async function leave(runner: JobRunner): Promise<void> {
  tell({ type: "leaving" });
  try {
    await runner.end();
  } catch (error) {
    log.error(stackOf(error));
  }
  await allWritten();
  tell({ type: "left" });
}

/** Never rejects: an error loses its status on the way between threads. */
async function resultOf({ number, work: sent, unwanted }: Task, runner: JobRunner): Promise<unknown> {
  const work = received<Work>(sent);
  const context = new ThreadContext(plan, work, log, unwanted);
  contexts.set(number, context);
  const moved: ArrayBuffer[] = [];
  let result: TaskResult;
  try {
    const outputs = runner.outputsOf(await runner.run(work, context));
    result = { type: "done", outputs: outputs.map((output) => send(output, moved)) };
  } catch (error) {
    result = { type: "failed", message: messageOf(error), status: statusOf(error), stack: stackOf(error) };
  }
  contexts.delete(number);
  return move({ [transferableSymbol]: moved, [valueSymbol]: result });
}
