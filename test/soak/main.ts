import { parseArgs } from "node:util";
import { chaosQuestion } from "../e2e/questions.js";
import { OpenLoad } from "../helpers/open-load.js";
import { World } from "../helpers/zpipe.js";
import { watchGrowth } from "./growth.js";
import { Storm } from "./storm.js";

/** As chaos.toml has it, and some. */
const LONGEST_ANSWER_MS = 45_000;

/** Resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: "string" },
      seed: { type: "string", default: "7" },
      "per-second": { type: "string" },
      transport: { type: "string", default: "ipc" },
      placement: { type: "string", default: "separate" },
      "spare-server": { type: "boolean", default: false },
      "quiet-clients": { type: "boolean", default: false },
    },
  });
  const quiet = values["quiet-clients"];
  const ms = 1000 * Number(values.seconds ?? (quiet ? 600 : 120));
  const seed = Number(values.seed);
  const perSecond = Number(values["per-second"] ?? (quiet ? 100 : 40));
  const { transport, placement } = values;
  const world = new World();
  try {
    const zpipe = await world.up("chaos.toml", "--transport", transport, "--placement", placement);
    const load = new OpenLoad(zpipe.url, { perSecond, question: chaosQuestion, hangUp: quiet ? 0.2 : 0, seed });
    const faults: string[] = [];
    let storm: Storm | undefined;
    if (quiet) faults.push(...(await watchGrowth(zpipe, ms)));
    else {
      storm = new Storm(zpipe, seed, !values["spare-server"]);
      await storm.rage(ms);
    }
    const answered = await Promise.race([load.stop().then(() => true), after(LONGEST_ANSWER_MS)]);
    if (!answered) faults.push(`${load.waiting} requests were never answered`);
    for (const { path, outcome, from, to } of load.unserved) {
      if (!storm?.excuses(outcome, from, to)) faults.push(`${path} got ${outcome} after ${Math.round(to - from)} ms`);
    }
    faults.push(...load.wrong.map((each) => `wrong: ${each}`));
    await zpipe
      .looks("it is at rest", ({ nodes, server, stages }) => {
        const atWork = nodes.every(({ state }) => state === "running") && server?.pending === 0;
        const empty = stages.every(({ depth, inFlight, gathering }) => depth + inFlight + gathering === 0);
        return atWork && empty && stages.every(({ workers }) => workers.idle === workers.wanted);
      })
      .catch((error: Error) => faults.push(error.message));
    const { nodes, server, stages } = await zpipe.ps();
    const given = Object.values(server!.statuses).reduce((sum, count) => sum + count, 0);
    // A killed server takes its last counts with it; nobody counts what a client did not wait for.
    const sure = storm !== undefined && storm.serverDeaths === 0;
    if (sure && given !== load.asked) faults.push(`${load.asked} requests, but ${given} answers`);
    const redelivered = stages.reduce((sum, stage) => sum + stage.redelivered, 0);
    const restarts = nodes.reduce((sum, node) => sum + node.restarts, 0);
    console.log(JSON.stringify({ seed, asked: load.asked, got: load.got, restarts, redelivered, ...storm?.summary() }));
    for (const fault of faults) console.log(fault);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await world.close();
  }
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => void setTimeout(resolve, ms, false).unref());
}
