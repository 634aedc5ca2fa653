import { createConnection } from "node:net";
import { controlSocket, type RunRecord } from "./record.js";

/** A supervisor listens a few milliseconds after it has written its record. */
const TIME_TO_LISTEN_MS = 5_000;

/** Whether the supervisor of a record lives. A pid alone does not tell: it may have been given to another program. */
export async function isAlive(record: RunRecord): Promise<boolean> {
  if (!processExists(record.pid)) return false;
  const refusal = await knock(controlSocket(record));
  if (refusal === undefined) return true;
  // A socket that is there and refuses belongs to a process that is gone.
  return refusal === "ENOENT" && Date.now() - Date.parse(record.startedAt) < TIME_TO_LISTEN_MS;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Undefined when somebody listens, else the code of the error. */
function knock(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}
