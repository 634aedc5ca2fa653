import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
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
  const place = cause.name === "SyntaxError" ? placeOf(file).replaceAll(file, source) : source;
  // Most of Node's messages name the module.
  const message = said.includes(source) ? said : `${place}: ${cause.name}: ${said}`;
  return new ZpipeError(message, { code, hints, cause });
}

/** The file, with the line of its syntax error if it has one itself: an error of an imported module does not tell. */
function placeOf(file: string): string {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
  const [first = ""] = stderr.split("\n");
  return first.startsWith(`${file}:`) || first.startsWith("file:")
    ? first.replace(pathToFileURL(file).href, file)
    : file;
}
