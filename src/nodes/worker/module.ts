import { pathToFileURL } from "node:url";
import { messageOf } from "../../errors.js";
import type { WorkerModule } from "./handler.js";

/**
 * Loads a worker module.
 * @param file what to load: the module itself, or what was compiled from it
 * @param copy names a copy of its own: two workers in one process must not share the variables of their module
 * @throws whatever the module throws while it loads; Error when it exports no function
 */
export async function loadWorkerModule(source: string, file: string, copy: string): Promise<WorkerModule> {
  const module = (await importModule(source, file, copy)) as Partial<WorkerModule>;
  if (typeof module.default !== "function") {
    throw new Error(`${source} has no default export that is a function: export default async (job, ctx) => …`);
  }
  return module as WorkerModule;
}

/** Imports a module of the user's; says what to do when that fails for want of this package. */
export async function importModule(source: string, file: string, copy = ""): Promise<unknown> {
  const url = pathToFileURL(file);
  if (copy !== "") url.search = copy;
  try {
    return await import(url.href);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND" || !messageOf(error).includes("'zpipe'"))
      throw error;
    throw new Error(
      `${source} imports "zpipe", which is not installed there: npm install zpipe, or make it a .ts file, which needs no installation`,
      { cause: error },
    );
  }
}
