import type { FromChild, ToChild } from "../plan/child.js";
import { Host } from "./host.js";
import { allWritten } from "./written.js";

/** Entry of every child process: does what its supervisor says, and ends when it is gone. */
// The channel is ours alone: a worker's library may try to talk to a parent of its own kind.
const send = process.send?.bind(process) as ((message: FromChild) => boolean) | undefined;
process.send = undefined as never;

let leaving = false;
const host = new Host({
  tell: (message: FromChild) => {
    if (process.connected) send?.(message);
  },
  exit: async (code) => {
    // The first word counts: a node that has failed may still be asked to end.
    if (leaving) return;
    leaving = true;
    process.exitCode = code;
    // A pipe takes what it has room for. The rest is still here, and would be gone with the process.
    await allWritten();
    // What was told must reach the supervisor before the channel closes.
    if (process.connected) process.disconnect();
    setImmediate(() => process.exit());
  },
});

process.on("message", (message: ToChild) => void host.receive(message));
process.on("disconnect", () => process.exit());
