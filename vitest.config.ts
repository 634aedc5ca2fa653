import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of whole runs first: a long file that begins last has the machine to itself at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => /\/test\/(e2e|commands)\/|\/runtime\/run\.test/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    // As Node does it: the default of a CommonJS module is all that it exports.
    deps: { interopDefault: false },
    include: ["test/**/*.test.ts"],
    // Most files wait for processes: one to a core, which is the default on two cores, would leave them idle.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Real processes and sockets on a small machine: a test may wait for its turn, but not for ever.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./test/helpers/closing-line.ts"],
  },
});
