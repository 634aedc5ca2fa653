import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ZpipeError } from "../../errors.js";
import { hasUsersFrame } from "../users-stack.js";
import type { WorkerModule } from "./handler.js";

/**
 * Loads a worker module.
 * @param file what to load: the module itself, or what was compiled from it
 * @param copy names a copy of its own: two workers in one process must not share the variables of their module
 * @throws whatever the module throws while it loads; ZpipeError when it cannot be loaded, or exports no function
 */
export async function loadWorkerModule(source: string, file: string, copy: string): Promise<WorkerModule> {
  const module = (await importModule(source, file, copy)) as Partial<WorkerModule>;
  if (typeof module.default !== "function") {
    throw new ZpipeError(`${source} has no default export that is a function`, {
      code: "bad-module",
      hints: ["Write: export default async (job, ctx) => …"],
    });
  }
  return module as WorkerModule;
}

/**
 * Imports a module of the user's.
 * @throws whatever the module throws; ZpipeError, with what to do, when it cannot be loaded: trying again would not help
 */
export async function importModule(source: string, file: string, copy = ""): Promise<unknown> {
  const url = pathToFileURL(file);
  if (copy !== "") url.search = copy;
  try {
    return await import(url.href);
  } catch (error) {
    // Nothing of the user's had begun: it is Node that cannot load it.
    throw error instanceof Error && !hasUsersFrame(error) ? notLoadable(source, file, error) : error;
  }
}

function notLoadable(source: string, file: string, cause: Error): ZpipeError {
  const code = "bad-module";
  // What was compiled is nothing that the user knows.
  const said = cause.message.replaceAll(file, source);
  const missing = /^Cannot find package '([^']+)'/.exec(said)?.[1];
  if (missing === "zpipe") {
    return new ZpipeError(`${source} imports "zpipe", which is not installed there`, {
      code,
      hints: ["Run `npm install zpipe` there, or make it a .ts file, which needs no installation."],
      cause,
    });
  }
  const hints = missing === undefined ? [] : [`Run \`npm install ${missing}\` where the module is.`];
  const place = cause.name === "SyntaxError" ? placeOf(source, file) : source;
  // Most of Node's messages name the module.
  const message = said.includes(source) ? said : `${place}: ${cause.name}: ${said}`;
  return new ZpipeError(message, { code, hints, cause });
}

/** Where the syntax error is, in the file or in what it imports: Node tells it only to who looks on from outside. */
function placeOf(source: string, file: string): string {
  // Nothing of it runs: what cannot be linked does not begin.
  const script = `import ${JSON.stringify(pathToFileURL(file).href)}`;
  const options = { encoding: "utf8", timeout: LONGEST_LOOK_MS } as const;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], options);
  const place = /^(file:\/\/\S+):(\d+)$/m.exec(stderr ?? "");
  if (place === null) return source;
  const found = fileURLToPath(place[1]!);
  // Lines of what was compiled are not those of the source.
  return found === file && file !== source ? source : `${found}:${place[2]}`;
}

const LONGEST_LOOK_MS = 5_000;
