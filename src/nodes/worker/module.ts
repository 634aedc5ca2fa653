import { pathToFileURL } from "node:url";
import type { Run } from "../../topology/types.js";
import type { WorkerModule } from "./handler.js";

/**
 * Loads a worker module. TypeScript is run by tsx, with sources and stack traces as they are written.
 * @param copy names a copy of its own: two workers in one process must not share the variables of their module
 * @throws whatever the module throws while it loads; Error when it exports no function
 */
export async function loadWorkerModule(run: Extract<Run, { kind: "module" }>, copy: string): Promise<WorkerModule> {
  if (/\.[mc]?ts$/.test(run.path)) await registerTypeScript();
  const url = pathToFileURL(run.path);
  if (copy !== "") url.search = copy;
  const module = (await import(url.href)) as Partial<WorkerModule>;
  if (typeof module.default !== "function") {
    throw new Error(`${run.path} has no default export that is a function: export default async (job, ctx) => …`);
  }
  return module as WorkerModule;
}

let registered: Promise<unknown> | undefined;

function registerTypeScript(): Promise<unknown> {
  registered ??= import("tsx/esm/api").then(({ register }) => register());
  return registered;
}
