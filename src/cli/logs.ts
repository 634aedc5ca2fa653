import { controlClient } from "../control/client.js";
import { encodeEntry } from "../control/log/codec.js";
import { followLog } from "../control/log/follow.js";
import { formatEntry } from "../control/log/format.js";
import { isOf, type LogQuery, levelOf, matches } from "../control/log/query.js";
import { type LogPosition, readLog } from "../control/log/read.js";
import type { LogEntry } from "../control/types.js";
import { ExitCode, ZpipeError } from "../errors.js";
import { printableJson } from "../printable.js";
import { didYouMean } from "../topology/nearest.js";
import { type LogTarget, loggedNames, logTarget } from "./log-target.js";
import { StreamOutput } from "./stream-output.js";
import { talk, wantsColour } from "./talk.js";

export interface LogsOptions extends LogQuery {
  readonly name: string | undefined;
  /** The last so many; undefined: all. */
  readonly lines: number | undefined;
  readonly follow: boolean;
  /** Also what is kept of earlier runs. */
  readonly all: boolean;
  readonly json: boolean;
}

/** Writes the log of a run to standard output, and goes on until the run has ended, if that is wanted. */
export async function showLogs(options: LogsOptions): Promise<void> {
  const target = await logTarget(options.name);
  if (target.live !== undefined && options.nodes.length > 0) await checkNodes(options.nodes, target);
  const output = new StreamOutput();
  const seen = new Set<string>();
  let found = 0;
  const show = options.json ? jsonLine : (entry: LogEntry) => formatEntry(entry, wantsColour(process.stdout));
  const accepts = (entry: LogEntry) => {
    seen.add(entry.node);
    if (entry.about !== undefined) seen.add(entry.about);
    return matches(entry, options);
  };
  const onEntry = (entry: LogEntry) => {
    found++;
    output.write(show(entry));
  };
  try {
    const { lines, since } = options;
    const run = target.files.at(-1)?.run;
    const files = options.all ? target.files : target.files.filter((file) => file.run === run);
    const position = await readLog({ files, lines, since, accepts, onEntry, wanted: () => output.wanted });
    if (options.follow) await follow(target, position, (entry) => accepts(entry) && onEntry(entry), output);
    else if (found === 0 && target.live === undefined) await checkNames(options.nodes, [...seen], target.name);
  } finally {
    output.end();
  }
}

async function follow(
  { name, directory, live }: LogTarget,
  from: LogPosition | undefined,
  onEntry: (entry: LogEntry) => void,
  { signal }: StreamOutput,
): Promise<void> {
  if (live === undefined || from === undefined) return talk(`${name} is not running: there is nothing to follow`);
  let over = false;
  const unwatch = controlClient(live).watch(
    (event) => {
      if (event.type === "state" && event.state === "ended") over = true;
    },
    { types: ["state"] },
  );
  try {
    const onGap = () => talk("some of the log is missing here: it was written, and removed, faster than it was read");
    await followLog({ directory, from, onEntry, onGap, ended: () => over, signal });
  } finally {
    unwatch();
  }
}

/** The entry as the log has it, with the level that it counts as. */
function jsonLine(entry: LogEntry): string {
  return printableJson(encodeEntry({ ...entry, level: levelOf(entry) }).slice(0, -1)).concat("\n");
}

/** Those that are there now, and workers that may have been. */
async function checkNodes(nodes: readonly string[], { name, live }: LogTarget): Promise<void> {
  const { nodes: present, stages } = await controlClient(live!).snapshot();
  const known = present.flatMap((node) => [node.name, node.process]).concat(stages.map((stage) => stage.name));
  await checkNames(nodes, [...new Set([...known, "zpipe"])], name);
}

/** @throws ZpipeError when one of the names is of nothing that is known */
async function checkNames(nodes: readonly string[], known: readonly string[], run: string): Promise<void> {
  const unknown = nodes.find((name) => !known.some((node) => isOf(node, name) || isOf(name, node)));
  if (unknown === undefined) return;
  const isRun = (await loggedNames()).includes(unknown);
  throw new ZpipeError(`${run} has no node ${JSON.stringify(unknown)}`, {
    code: "unknown-node",
    exitCode: ExitCode.usage,
    hints: [
      isRun
        ? `${unknown} is a run: zpipe logs --name ${unknown}`
        : (didYouMean(unknown, known) ?? `The nodes are: ${known.join(", ")}.`),
    ],
  });
}
