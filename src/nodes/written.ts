import { within } from "./within.js";

/** A worker may have put something of its own in the place of these streams, which never says that it has written. */
const LONGEST_MS = 2000;

/** Resolves when all that was written to standard output and error has left, or when nobody takes it. */
export async function allWritten(): Promise<void> {
  await within(LONGEST_MS, Promise.all([written(process.stdout), written(process.stderr)]));
}

async function written(stream: NodeJS.WriteStream): Promise<void> {
  // A worker may have ended it.
  if (!stream.writable || stream.writableLength === 0) return;
  await new Promise<void>((resolve) => stream.write("", () => resolve()));
}
