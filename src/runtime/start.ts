import { deadLetterFile, logDirectory } from "../control/directories.js";
import { lifecycleEntry } from "../control/lifecycle-words.js";
import { reasonOf } from "../control/obstacle.js";
import { controlSocket } from "../control/record.js";
import { type ControlServer, serveControl } from "../control/serve.js";
import type { LifecycleNews, LogEntry, RunEvent } from "../control/types.js";
import { messageOf } from "../errors.js";
import type { Address } from "../topology/types.js";
import { compileModules } from "./compile.js";
import { Events } from "./events.js";
import { Fleet } from "./fleet.js";
import { startGuardian } from "./guardian.js";
import { type LogSink, openLogSink } from "./log-sink.js";
import type { MetricsEndpoint } from "./metrics-endpoint.js";
import { type RunOptions, type RunSettings, settle } from "./options.js";
import { type Run, SupervisedRun } from "./run.js";
import { claimRunDirectory, type RunDirectory } from "./run-directory.js";

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
  const log = await openLog(settings, directory);
  const compiled = compileModules(topology, directory.record.directory);
  const guardian = startGuardian();
  const events = new Events();
  const emit = (event: RunEvent) => events.emit(event);
  const onLog = (entry: LogEntry, quiet = false) => {
    log.write(entry, quiet);
    emit({ type: "log", entry });
  };
  // Those who look on are told of deaths; the rest they have asked for, or are told by the command.
  const happened = (news: LifecycleNews) => onLog(lifecycleEntry(events.happened(news)), news.kind !== "died");
  const waiting = waitingReporter(emit);
  const fleet = new Fleet({
    entry: settings.childEntry,
    directory: directory.record.directory,
    guardian,
    compiled,
    deadLetters: deadLetterFile(name, env),
    sources: topology.sources,
    metadata: topology.metadata,
    onLog,
    onPending: waiting.report,
    onGaveUp: waiting.note,
    onUrl: (url) =>
      void directory.update({ url }).catch((error: unknown) => {
        const text = `the run directory does not tell its URL: ${messageOf(error)}`;
        onLog({ time: Date.now(), node: "server", level: "warn", text });
      }),
    onFinished: (source, summary) => emit({ type: "finished", source, summary }),
    onInterrupted: (source, summary) => emit({ type: "interrupted", source, summary }),
    onSkipped: (source, because) => {
      onLog({ time: Date.now(), node: source, level: "warn", text: `not started: ${reasonOf(because)}` });
      emit({ type: "skipped", source, because });
    },
    onLifecycle: happened,
    onChange: () => run.look(),
  });
  let server: ControlServer | undefined;
  let metrics: MetricsEndpoint | undefined;
  const run: SupervisedRun = new SupervisedRun({
    settings,
    directory,
    fleet,
    compiled,
    events,
    happened,
    pending: waiting.pending,
    close: async () => {
      await guardian.close();
      await metrics?.close();
      await directory.remove();
      log.close();
    },
    hangUp: async () => server?.close(),
  });
  try {
    server = await serveControl(run, controlSocket(directory.record));
    metrics = await tellMetrics(run, topology.metrics);
    if (metrics !== undefined) await directory.update({ metricsUrl: metrics.url });
  } catch (error) {
    await run.stop({ kill: true });
    throw error;
  }
  return run;
}

/** What makes the text is loaded only where somebody wants it. */
async function tellMetrics(run: Run, address: Address | undefined): Promise<MetricsEndpoint | undefined> {
  if (address === undefined) return undefined;
  const { openMetrics } = await import("./metrics-endpoint.js");
  return openMetrics(address, () => run.snapshot());
}

const REPORT_INTERVAL_MS = 1_000;

/** Keeps the number of unanswered requests, by process, and tells it, at most once a second. */
function waitingReporter(emit: (event: RunEvent) => void) {
  const counts = new Map<string, number>();
  const pending = () => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const note = (process: string, count: number) => void counts.set(process, count);
  let reportedAt = Number.NEGATIVE_INFINITY;
  return {
    pending,
    note,
    report: (process: string, count: number) => {
      note(process, count);
      if (pending() === 0 || performance.now() - reportedAt < REPORT_INTERVAL_MS) return;
      reportedAt = performance.now();
      emit({ type: "waiting", pending: pending() });
    },
  };
}

/** Gives the name back when there can be no log. */
async function openLog({ name, env, echo, colour, logBytes }: RunSettings, directory: RunDirectory): Promise<LogSink> {
  try {
    return openLogSink({ directory: logDirectory(name, env), maxBytes: logBytes, echo, colour });
  } catch (error) {
    await directory.remove();
    throw error;
  }
}
