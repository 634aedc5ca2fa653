import { ExitCode, ZpipeError } from "../errors.js";
import type { SystemTest, Topology } from "../topology/types.js";

/** What the flags say about which tests are wanted. */
export interface Choice {
  /** A regular expression that their names match. */
  readonly grep: string | undefined;
  /** The samples are tests too. */
  readonly samples: boolean;
}

/** The tests that are wanted, in file order. @throws ZpipeError when the expression is none */
export function chosenTests({ tests, samples }: Topology, { grep, samples: withSamples }: Choice): SystemTest[] {
  const pattern = grep === undefined ? undefined : parsePattern(grep);
  const sampled = withSamples ? samples.map(testOfSample) : [];
  return [...tests, ...sampled].filter(({ name }) => pattern === undefined || pattern.test(name));
}

function testOfSample(sample: Topology["samples"][number], index: number): SystemTest {
  const name = `sample ${index + 1}: ${sample.method} ${sample.target}`;
  const plain = { without: [], kill: [], withinMs: undefined, notBeforeMs: undefined };
  return { name, act: { kind: "request", sample }, ...plain };
}

/** Nothing at all to do is a mistake: CI would take it for a success. */
export function noTests(topologies: readonly Topology[], { grep, samples }: Choice): ZpipeError {
  const names = topologies.map(({ name }) => name).join(", ");
  const all = topologies.flatMap((topology) => chosenTests(topology, { grep: undefined, samples }));
  if (grep !== undefined && all.length > 0) {
    const hints = [`The tests are: ${all.map(({ name }) => `"${name}"`).join(", ")}.`];
    return new ZpipeError(`no test of ${names} has a name that matches ${grep}`, { ...USAGE, hints });
  }
  const hasSamples = topologies.some((topology) => topology.samples.length > 0);
  return new ZpipeError(`${names} has no tests`, {
    ...USAGE,
    hints: [
      'Add some to the topology, for example:\n  [[tests]]\n  name    = "one number"\n  request = "GET /?n=1"\n  answer  = { result = 2 }',
      ...(hasSamples && !samples ? ["Its [[samples]] are tested with --samples."] : []),
    ],
  });
}

const USAGE = { code: "no-tests", exitCode: ExitCode.usage };

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch (cause) {
    throw new ZpipeError(`--grep ${JSON.stringify(text)} is not a regular expression`, {
      code: "bad-grep",
      exitCode: ExitCode.usage,
      cause,
    });
  }
}
