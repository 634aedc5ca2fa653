import { access } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type Context, scatter } from "zpipe";

/** Says who it is, once the file that it is told of is there. */
export default async ({ until }: { readonly until?: string }, { worker, signal }: Context) => {
  while (until !== undefined && !(await isThere(until))) {
    signal.throwIfAborted();
    await setTimeout(20);
  }
  return scatter("pass", [worker]);
};

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
