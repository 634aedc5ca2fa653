import { formatEntry } from "../control/log/format.js";
import { ExitCode, ZpipeError } from "../errors.js";
import type { JoinEvent } from "../join/join.js";
import type { JoinOptions } from "../join/options.js";
import type { Topology } from "../topology/types.js";
import { count } from "./count.js";

export interface JoinHooks {
  /** Undefined: it is waited for. */
  readonly timeoutMs: number | undefined;
  readonly colour: boolean;
  readonly talk: (text: string) => void;
  readonly onEvent: (event: JoinEvent) => void;
}

/** Nobody has been found yet, and it is time to say what is waited for. */
const SILENCE_MS = 3000;

/** Works for the topology until told to leave; gives the exit code. Throws when that cannot be. */
export async function runJoin(options: JoinOptions, { timeoutMs, colour, talk, onEvent }: JoinHooks): Promise<number> {
  const [{ joinTopology }, { settleJoin }] = await Promise.all([
    import("../join/join.js"),
    import("../join/options.js"),
  ]);
  const { topology } = options;
  const troubles: string[] = [];
  let found = false;
  const joined = await joinTopology(await settleJoin(options), (event) => {
    switch (event.type) {
      case "joined":
        found = true;
        talk(`${topology.name} is at ${event.endpoint}: ${count(event.workers.length, "worker")} for it`);
        break;
      case "lost":
        talk(`${topology.name} is not there any more; looking for it`);
        break;
      case "trouble":
        troubles.push(event.message);
        talk(event.message);
        break;
      case "log":
        process.stderr.write(formatEntry(event.entry, colour));
        break;
    }
    onEvent(event);
  });
  const silence = setTimeout(() => {
    if (!found && troubles.length === 0) talk(waitingFor(topology, options.from));
  }, SILENCE_MS);
  let late = false;
  const timer =
    timeoutMs &&
    setTimeout(() => {
      if (found) return;
      late = true;
      joined.leave();
    }, timeoutMs);
  const onSignal = () => {
    if (!late) talk(`leaving ${topology.name}`);
    joined.leave();
  };
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, onSignal);
  try {
    const { clean } = await joined.ended;
    if (late) throw notFound(topology, timeoutMs!, troubles);
    return clean ? 0 : ExitCode.forced;
  } finally {
    clearTimeout(silence);
    clearTimeout(timer);
    for (const name of names) process.off(name, onSignal);
  }
}

function waitingFor({ name, discovery }: Topology, from: string | undefined): string {
  if (from !== undefined) return `waiting for ${name} at ${from}`;
  const port = discovery?.beacon?.port;
  return `no beacon of ${name} heard yet${port === undefined ? "" : ` on UDP port ${port}`}; --from HOST:PORT asks one directly`;
}

function notFound({ name }: Topology, timeoutMs: number, troubles: readonly string[]): ZpipeError {
  return new ZpipeError(`${name} was not found within ${timeoutMs / 1000} s`, {
    code: "topology-not-found",
    exitCode: ExitCode.unavailable,
    hints:
      troubles.length > 0 ? troubles.slice(-3) : ["No beacon was heard: is it up, with [discovery], on this network?"],
  });
}
