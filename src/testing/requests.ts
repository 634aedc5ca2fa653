import { httpSender } from "../bench/http-sender.js";
import { messageOf } from "../errors.js";
import { AnswerCheck } from "../load/answer-check.js";
import type { Done, Reply } from "../load/ports.js";
import type { Run } from "../runtime/run.js";
import type { Sample, SystemTest, Topology } from "../topology/types.js";
import { seconds, timeFaults } from "./faults.js";
import type { Fault } from "./result.js";
import type { Question } from "./setups.js";
import { recovered, Victims } from "./victims.js";
import { inTime } from "./waiting.js";

/** Beyond the time in which the server answers by itself. */
const MORE_PATIENCE_MS = 2_000;
/** For workers that were killed to be there again. */
const RECOVERY_MS = 30_000;

export interface Outcome {
  readonly tookMs: number;
  readonly faults: readonly Fault[];
}

/** Sends one request to a run and looks at what comes back. */
export async function askRun(run: Run, topology: Topology, { test, sample }: Question): Promise<Outcome> {
  const victims = test.kill.length > 0 ? new Victims(run, test.kill) : undefined;
  const sender = httpSender(run.record.url!, { samples: [sample], connections: 1 });
  const startedAt = performance.now();
  let isOver = false;
  const answered = new Promise<Parameters<Done>[0]>((resolve) => sender.send(0, resolve)).finally(() => {
    isOver = true;
  });
  try {
    const killed = victims?.killBusy(() => isOver);
    const answer = await Promise.race([inTime(patienceFor(test, topology), answered), gone(run)]);
    const tookMs = performance.now() - startedAt;
    isOver = true;
    const faults = [...answerFaults(sample, answer), ...timeFaults(test, tookMs)];
    if ((await killed) === false) faults.unshift(notKilled(test));
    return { tookMs, faults };
  } finally {
    isOver = true;
    victims?.release();
    await sender.close();
    if (victims !== undefined) await recovered(run, RECOVERY_MS);
  }
}

function answerFaults(sample: Sample, answer: Parameters<Done>[0] | "late"): Fault[] {
  const check = new AnswerCheck([sample]);
  const described = (reply: Reply) => {
    const { expected, got } = check.describe(0, reply);
    return { what: "answer" as const, expected, actual: got };
  };
  if (typeof answer === "object") return check.isRight(0, answer) ? [] : [described(answer)];
  const { expected } = described({ status: 0, body: "" });
  return [{ what: "answer", expected, actual: answer === "late" ? "no answer" : `no answer: ${answer}` }];
}

/** How long the answer is waited for; one that comes later than `within` is told as late, not as missing. */
function patienceFor({ withinMs }: SystemTest, { server }: Topology): number {
  const timeouts = (server?.routes ?? []).map(({ timeoutMs }) => timeoutMs);
  return Math.max(...timeouts, withinMs ?? 0) + MORE_PATIENCE_MS;
}

/** What happened is not what was to be tested. */
export function notKilled({ kill }: SystemTest): Fault {
  const stages = kill.join(", ");
  return {
    what: "kill",
    expected: `workers killed with a job in hand, of ${stages}`,
    actual: "it was over before they had one",
  };
}

/** Rejects when the run ends, which it should not before its tests do. */
export async function gone(run: Run): Promise<never> {
  const { error } = await run.ended;
  throw error ?? new Error(`${run.record.name} was stopped meanwhile`);
}

export function runFault(error: unknown): Fault {
  return { what: "run", expected: "a run", actual: messageOf(error) };
}

export function lateFault(ms: number): Fault {
  return { what: "time", expected: `over within ${seconds(ms)}`, actual: "not over by then" };
}
