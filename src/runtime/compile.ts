import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildFailure, Plugin } from "esbuild";
import { ExitCode, messageOf, ZpipeError } from "../errors.js";
import type { Topology } from "../topology/types.js";

/** What to load instead of a TypeScript module, by the path of its source. */
export type Compiled = Readonly<Record<string, string>>;

/**
 * Compiles the TypeScript modules of workers, sources and sinks, each with what it imports by a relative path, into one file. Done once
 * a run: a worker that had to compile for itself would take several times as long to start.
 */
export async function compileModules(topology: Topology, directory: string): Promise<Compiled> {
  const programs = [...topology.stages.map(({ run }) => run), ...topology.sources.map(({ input }) => input)];
  const sources = new Set(programs.flatMap((program) => (program.kind === "module" ? [program.path] : [])));
  const typescript = [...sources].filter((path) => /\.[mc]?ts$/.test(path));
  if (typescript.length === 0) return {};
  const { build, stop } = await import("esbuild");
  const compile = async (source: string, index: number) => {
    const url = pathToFileURL(source).href;
    const outfile = join(directory, `worker${index}.mjs`);
    await build({
      entryPoints: [source],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: `node${process.versions.node}`,
      sourcemap: "inline",
      logLevel: "silent",
      // Where a module reads a file beside itself, it means its source.
      define: {
        "import.meta.url": JSON.stringify(url),
        "import.meta.filename": JSON.stringify(source),
        "import.meta.dirname": JSON.stringify(fileURLToPath(new URL(".", url))),
      },
      plugins: [packagesByAddress],
    });
    return [source, outfile] as const;
  };
  building += 1;
  try {
    return Object.fromEntries(await Promise.all(typescript.map(compile)));
  } catch (error) {
    throw compileError(error);
  } finally {
    // Its own process would live as long as this one.
    building -= 1;
    if (building === 0) await stop();
  }
}

/** Runs of this process that compile now. */
let building = 0;

/** From src/runtime as well as from dist/runtime. */
const ZPIPE = new URL("../../dist/index.js", import.meta.url).href;
const RESOLVING = Symbol("resolving");

/** Packages are not compiled, but named by their files: the compiled module lies where they cannot be found by name. */
const packagesByAddress: Plugin = {
  name: "packages-by-address",
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === "entry-point" || pluginData === RESOLVING || path.startsWith("node:")) return undefined;
      if (path === "zpipe") return { path: ZPIPE, external: true };
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: RESOLVING });
      // A builtin, or not there: then Node says so when the worker starts.
      if (found.external || found.errors.length > 0) return { path, external: true };
      // Not in a package, but behind an alias of the tsconfig: part of the program.
      if (!found.path.includes("/node_modules/")) return undefined;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

function compileError(error: unknown): ZpipeError {
  const failure = error as Partial<BuildFailure>;
  const messages = failure.errors?.map(({ location, text }) =>
    location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
  );
  return new ZpipeError((messages ?? [messageOf(error)]).join("\n"), {
    code: "compile-failed",
    exitCode: ExitCode.usage,
    cause: error,
  });
}
