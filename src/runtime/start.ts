import { logFile } from "../control/directories.js";
import { controlSocket } from "../control/record.js";
import { type ControlServer, serveControl } from "../control/serve.js";
import type { LogEntry, RunEvent } from "../control/types.js";
import { compileModules } from "./compile.js";
import { Fleet } from "./fleet.js";
import { startGuardian } from "./guardian.js";
import { openLogSink } from "./log-sink.js";
import { type RunOptions, settle } from "./options.js";
import { type Run, SupervisedRun } from "./run.js";
import { claimRunDirectory } from "./run-directory.js";

/** Resolves when the run takes requests. */
export async function startRun(options: RunOptions): Promise<Run> {
  const run = await openRun(options);
  await run.ready;
  return run;
}

/** Resolves as soon as the name is taken and the run can be controlled: it may be watched, or stopped, while it starts. */
export async function openRun(options: RunOptions): Promise<Run> {
  const settings = settle(options);
  const { name, topology, placement, transport, version, env } = settings;
  const directory = await claimRunDirectory(
    {
      name,
      pid: process.pid,
      topology: topology.file,
      version,
      startedAt: new Date().toISOString(),
      placement,
      transport,
    },
    env,
  );
  const compiled = compileModules(topology, directory.record.directory);
  const log = openLogSink({ file: logFile(name, env), echo: settings.echo, colour: settings.colour });
  const guardian = startGuardian();
  const listeners = new Set<(event: RunEvent) => void>();
  const emit = (event: RunEvent) => {
    for (const listener of listeners) listener(event);
  };
  const onLog = (entry: LogEntry) => {
    log.write(entry);
    emit({ type: "log", entry });
  };
  const waiting = waitingReporter(emit);
  const fleet = new Fleet({
    entry: settings.childEntry,
    directory: directory.record.directory,
    guardian,
    compiled,
    onLog,
    onPending: waiting.report,
    onUrl: (url) => void directory.update({ url }),
    onChange: () => run.look(),
  });
  let server: ControlServer | undefined;
  const run: SupervisedRun = new SupervisedRun({
    settings,
    directory,
    fleet,
    compiled,
    emit,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pending: waiting.pending,
    close: async () => {
      await guardian.close();
      await directory.remove();
      log.close();
    },
    hangUp: async () => server?.close(),
  });
  try {
    server = await serveControl(run, controlSocket(directory.record));
  } catch (error) {
    await run.stop({ kill: true });
    throw error;
  }
  return run;
}

const REPORT_INTERVAL_MS = 1_000;

/** Keeps the number of unanswered requests and tells it, at most once a second. */
function waitingReporter(emit: (event: RunEvent) => void) {
  let pending = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    pending: () => pending,
    report: (count: number) => {
      pending = count;
      if (count === 0 || performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
      reportedAt = performance.now();
      emit({ type: "waiting", pending });
    },
  };
}
