import { setFlagsFromString } from "node:v8";

setFlagsFromString("--allow-natives-syntax");
const haveSameMap = new Function("a", "b", "return %HaveSameMap(a, b)") as (a: object, b: object) => boolean;

/** True: to V8 both have one shape, and so has all that they hold. */
export function haveOneShape(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return true;
  return haveSameMap(a, b) && Object.entries(a).every(([key, each]) => haveOneShape(each, b[key as keyof typeof b]));
}
