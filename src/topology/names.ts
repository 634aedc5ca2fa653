import type { Place, Problem } from "./problem.js";
import { SERVER } from "./types.js";

const PATTERN = /^[a-z][a-z0-9_-]*$/i;
const LONGEST = 40;

/** Words that edges, workers, messages and logs use for something else. */
const RESERVED: readonly string[] = [SERVER, "source", "sink", "loopback", "home", "all", "zpipe"];

/** Names become parts of socket paths, environment variables and log lines, so they are kept plain. */
export function isPlainName(name: string): boolean {
  return PATTERN.test(name) && name.length <= LONGEST;
}

export const PLAIN_NAME = `letters, digits, "_" and "-", beginning with a letter, at most ${LONGEST} of them`;

export function checkName(
  kind: "source" | "stage" | "sink" | "proxy",
  name: string,
  place: Place,
  problems: Problem[],
): void {
  if (!isPlainName(name)) {
    problems.push({
      ...place,
      at: "key",
      message: `a ${kind} cannot be called "${name}"`,
      hint: `a name is ${PLAIN_NAME}`,
    });
  } else if (RESERVED.includes(name.toLowerCase())) {
    problems.push({ ...place, at: "key", message: `a ${kind} cannot be called "${name}": the word is reserved` });
  }
}
