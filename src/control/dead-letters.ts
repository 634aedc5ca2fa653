import { readFile } from "node:fs/promises";
import type { DeadLetter } from "../plan/child.js";
import { deadLetterFile, type Environment } from "./directories.js";

/** The jobs of a run's name that could not be done and have not been sent again, the oldest first. */
export async function readDeadLetters(name: string, env: Environment = process.env): Promise<readonly DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  for (const line of (await textOf(deadLetterFile(name, env))).split("\n")) {
    const entry = parse(line);
    if (entry === undefined) continue;
    if ("resent" in entry) letters.delete(entry.id);
    else letters.set(entry.id, entry);
  }
  return [...letters.values()];
}

type Entry = DeadLetter | { readonly id: string; readonly resent: string };

/** A last line may have been cut off by a death. */
function parse(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === "object" && entry !== null && "id" in entry ? (entry as Entry) : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
