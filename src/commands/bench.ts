import { writeFile } from "node:fs/promises";
import { Args, Flags } from "@oclif/core";
import type { BenchReport } from "../bench/result.js";
import { ZpipeCommand } from "../cli/base.js";
import { benchOptions, parseJobs, parseSweep } from "../cli/bench-options.js";
import { progressLine } from "../cli/bench-progress.js";
import { formatBench } from "../cli/bench-tables.js";
import { loadOrFail } from "../cli/load.js";
import { withMetadata } from "../cli/metadata.js";
import { metadataFlag, placementFlag, setFlag, transportFlag, workersFlag } from "../cli/run-flags.js";

export default class Bench extends ZpipeCommand {
  static override summary = "Load a topology with its own samples, and measure.";
  static override description =
    "Starts a run of its own, sends the [[samples]] of the topology, checks every answer, and tells latencies, and how long jobs waited and were worked on in each stage. Exit codes: 1 wrong answers, 4 a threshold of --fail-if was missed, 5 chaos broke a promise.";
  static override examples = [
    "<%= config.bin %> bench topology.toml",
    "<%= config.bin %> bench topology.toml --rate 500 --duration 30s --fail-if 'p99>50ms'",
    "<%= config.bin %> bench topology.toml --sweep square=1,2,4 --html report.html",
    "<%= config.bin %> bench topology.toml --chaos kill-worker,scale --every 200ms",
  ];
  static override args = { file: Args.string({ required: true, description: "the topology file" }) };
  static override flags = {
    connections: Flags.integer({
      char: "c",
      min: 1,
      max: 10_000,
      default: 64,
      description: "requests under way at most",
    }),
    rate: Flags.string({
      char: "r",
      helpValue: "R",
      description: "open loop: arrivals a second, whatever the answers do",
    }),
    duration: Flags.string({ char: "d", default: "10s", description: "what starts in this time is measured" }),
    warmup: Flags.string({ default: "2s", description: "load before that" }),
    graph: Flags.boolean({ description: "straight into the graph, without HTTP" }),
    placement: placementFlag,
    transport: transportFlag,
    workers: workersFlag,
    set: setFlag,
    metadata: metadataFlag,
    jobs: Flags.string({
      helpValue: "N,N",
      description: "let the source make so many jobs; a table of what all beyond the work itself took",
    }),
    "job-time": Flags.string({
      dependsOn: ["jobs"],
      helpValue: "TIME",
      description: "what a job should take [default: what it did take]",
    }),
    sweep: Flags.string({ helpValue: "STAGE=N,N", description: "one measurement for each number of workers" }),
    chaos: Flags.string({
      helpValue: "KINDS",
      description: "of kill-worker,kill-proxy,kill-server,scale, while loaded",
    }),
    every: Flags.string({ default: "500ms", description: "time between two acts of chaos" }),
    "fail-if": Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "THRESHOLD",
      description: "exit with 4 if it holds, e.g. 'p99>50ms', 'rate<1000', 'square.wait.p99>5ms'",
    }),
    html: Flags.string({ helpValue: "FILE", description: "write a report with plots" }),
    name: Flags.string({ char: "n", description: "name of the run [default: that of the topology and -bench]" }),
  };

  async run(): Promise<BenchReport> {
    const { args, flags } = await this.parse(Bench);
    const { topology, graph } = await loadOrFail(args.file);
    const loaded = { topology: withMetadata(topology, flags), graph };
    const options = benchOptions(flags, loaded);
    const jobs = flags.jobs === undefined ? [] : parseJobs(flags.jobs);
    const sweep = flags.sweep === undefined ? undefined : parseSweep(flags.sweep);
    const [{ bench, exitCodeOf }, { htmlReport }] = await Promise.all([
      import("../bench/bench.js"),
      import("../bench/html.js"),
    ]);
    const progress = progressLine(process.stderr);
    const interrupt = new AbortController();
    const onSignal = () => interrupt.abort();
    for (const name of SIGNALS) process.on(name, onSignal);
    try {
      const { version } = this.config;
      const { signal } = interrupt;
      const report = await bench({ ...options, version, signal, onProgress: progress.show }, { sweep, jobs });
      progress.clear();
      this.print(formatBench(report));
      if (flags.html !== undefined) await writeFile(flags.html, htmlReport(report));
      process.exitCode = exitCodeOf(report);
      return report;
    } finally {
      progress.clear();
      for (const name of SIGNALS) process.off(name, onSignal);
    }
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
