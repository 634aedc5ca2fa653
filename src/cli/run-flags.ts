import { Flags } from "@oclif/core";
import { ExitCode, ZpipeError } from "../errors.js";
import { TRANSPORTS } from "../plan/types.js";
import { PLACEMENTS } from "../topology/types.js";
import { parseDuration, parseSize } from "../topology/units.js";

/** What every command that starts a run takes. */
export const placementFlag = Flags.option({
  options: PLACEMENTS,
  env: "ZPIPE_PLACEMENT",
  description: "which nodes share a process",
})();

export const transportFlag = Flags.option({
  options: TRANSPORTS,
  env: "ZPIPE_TRANSPORT",
  description: "how processes reach each other",
})();

export const workersFlag = Flags.string({
  char: "w",
  multiple: true,
  multipleNonGreedy: true,
  env: "ZPIPE_WORKERS",
  helpValue: "STAGE=N",
  description: "workers to start; may be repeated, or STAGE=N,STAGE=N",
});

const metricsPortFlag = Flags.integer({
  env: "ZPIPE_METRICS_PORT",
  min: 0,
  max: 65_535,
  helpValue: "PORT",
  description: "tell metrics to Prometheus at this port; 0: any",
});

/** In bytes. */
const logSizeFlag = Flags.custom<number>({
  env: "ZPIPE_LOG_SIZE",
  helpValue: "SIZE",
  description: "keep so much of the log, and again of earlier runs [default: 64MiB]",
  parse: async (text) => {
    const bytes = parseSize(text);
    if (bytes !== undefined) return bytes;
    throw new ZpipeError(`--log-size ${JSON.stringify(text)} is no size`, {
      code: "bad-log-size",
      exitCode: ExitCode.usage,
      hints: ["Write it as 512KiB, 64MiB or 2GiB."],
    });
  },
})();

/** In ms. */
const drainFlag = Flags.custom<number>({
  env: "ZPIPE_DRAIN",
  helpValue: "TIME",
  description: "when told to end, wait so long for what was taken [default: `drain` of the topology, or else 10s]",
  parse: async (text) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    throw new ZpipeError(`--drain ${JSON.stringify(text)} is no duration`, {
      code: "bad-drain",
      exitCode: ExitCode.usage,
      hints: ["Write it as 250ms, 30s or 5m."],
    });
  },
})();

export const setFlag = Flags.string({
  multiple: true,
  multipleNonGreedy: true,
  helpValue: "KEY=VALUE",
  description: "metadata of this run: JSON, or else text; may be repeated",
});

export const metadataFlag = Flags.string({
  env: "ZPIPE_METADATA_FILE",
  helpValue: "FILE",
  description: "a JSON object with metadata of this run",
});

/** Of the commands that start a run for its own sake. */
export const runFlags = {
  name: Flags.string({
    char: "n",
    env: "ZPIPE_NAME",
    description: "name of the run [default: that of the topology]",
  }),
  placement: placementFlag,
  transport: transportFlag,
  workers: workersFlag,
  drain: drainFlag,
  "log-size": logSizeFlag,
  "metrics-port": metricsPortFlag,
  set: setFlag,
  metadata: metadataFlag,
};
