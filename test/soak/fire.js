// A run under load while its processes are killed, stopped, resumed and scaled at random: every answer is counted.
//   node test/soak/fire.js [--seconds 120] [--seed 7] [--per-second 40] [--transport ipc|tcp]
//     [--placement separate|hub] [--spare-server]
// Or a steady load of clients that hang up at random, to see whether any process grows:
//   node test/soak/fire.js --quiet-clients [--seconds 600] [--per-second 100]
// Ends with 1 if an answer was lost, doubled or wrong, or a process grew. Needs a build.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const directory = mkdtempSync(join(tmpdir(), "zpipe-soak-"));
try {
  const outfile = join(directory, "main.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    // The helpers find the topologies from where they are.
    define: { "import.meta.url": JSON.stringify(import.meta.url) },
    logLevel: "error",
  });
  if (process.argv.includes("--quiet-clients")) {
    process.env.NODE_OPTIONS = `--require ${fileURLToPath(new URL("collect.cjs", import.meta.url))}`;
  }
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(directory, { recursive: true });
}
