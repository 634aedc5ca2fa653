import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // As Node does it: the default of a CommonJS module is all that it exports.
    deps: { interopDefault: false },
    include: ["test/**/*.test.ts"],
    // Real processes and sockets on a small machine: a test may wait for its turn, but not for ever.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./test/helpers/closing-line.ts"],
  },
});
