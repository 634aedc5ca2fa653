import { writeFile } from "node:fs/promises";
import { Args, Flags } from "@oclif/core";
import { ZpipeCommand } from "../cli/base.js";
import { abortable } from "../cli/interrupt.js";
import { junitXml } from "../cli/junit.js";
import { loadOrFail } from "../cli/load.js";
import { placementFlag, transportFlag, workersFlag } from "../cli/run-flags.js";
import { chosenTests, noTests } from "../cli/test-choice.js";
import { formatTest, formatTotal, reportOf, type TestReport } from "../cli/test-report.js";
import { parseWorkers } from "../cli/workers-flag.js";
import { ExitCode } from "../errors.js";
import type { SuiteResult } from "../testing/result.js";

export default class Test extends ZpipeCommand {
  static override summary = "Do the [[tests]] of topologies with real runs of them.";
  static override description =
    "Each run is one of its own, at a free port, and gone when its tests are done. Exits with 1 when a test has failed.";
  static override examples = [
    "<%= config.bin %> test topology.toml",
    "<%= config.bin %> test topologies/*.toml --junit report.xml",
    "<%= config.bin %> test topology.toml --grep 'without workers' --placement hub",
  ];
  static override strict = false;
  static override usage = "test FILE... [--grep PATTERN] [--junit FILE] [--samples] [--json]";
  static override args = {
    file: Args.string({ required: true, description: "a topology file; several may be named" }),
  };
  static override flags = {
    grep: Flags.string({
      char: "g",
      env: "ZPIPE_GREP",
      helpValue: "PATTERN",
      description: "only tests whose name matches",
    }),
    samples: Flags.boolean({ description: "the [[samples]] too" }),
    junit: Flags.string({ env: "ZPIPE_JUNIT", helpValue: "FILE", description: "write a JUnit XML report" }),
    placement: placementFlag,
    transport: transportFlag,
    workers: workersFlag,
    name: Flags.string({ char: "n", description: "name of the runs [default: that of the topology and -test]" }),
  };

  async run(): Promise<TestReport> {
    const { argv, flags } = await this.parse(Test);
    const { name, placement, transport, junit } = flags;
    const loaded = await Promise.all((argv as string[]).map((file) => loadOrFail(file)));
    const chosen = loaded.map((each) => ({ ...each, tests: chosenTests(each.topology, flags) }));
    if (chosen.every(({ tests }) => tests.length === 0))
      throw noTests(
        loaded.map(({ topology }) => topology),
        flags,
      );
    const rest = {
      name,
      placement,
      transport,
      workers: parseWorkers(flags.workers ?? []),
      version: this.config.version,
    };
    const { runSuite } = await import("../testing/suite.js");
    const suites: SuiteResult[] = [];
    await abortable(async (signal) => {
      for (const each of chosen.filter(({ tests }) => tests.length > 0)) {
        const width = Math.max(...each.tests.map((test) => test.name.length));
        this.print(each.topology.name);
        const onResult = (result: SuiteResult["tests"][number]) => this.print(formatTest(result, width));
        suites.push(await runSuite({ ...each, ...rest, signal, onResult }));
      }
    });
    const report = reportOf(suites);
    this.print(formatTotal(report));
    if (junit !== undefined) await writeFile(junit, junitXml(report));
    if (!report.ok) process.exitCode = ExitCode.failed;
    return report;
  }
}
