import { createConnection } from "node:net";
import { controlSocket, type RunRecord } from "./record.js";

/** A supervisor listens a few milliseconds after it has written its record. */
const TIME_TO_LISTEN_MS = 5_000;

/** Whether the supervisor of a record lives. A pid alone does not tell: it may have been given to another program. */
export async function isAlive(record: RunRecord): Promise<boolean> {
  if (!processExists(record.pid)) return false;
  if (await accepts(controlSocket(record))) return true;
  return Date.now() - Date.parse(record.startedAt) < TIME_TO_LISTEN_MS;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
