const LONGEST = 100;

/** A name that goes into the log and into answers, and comes from whoever has connected. */
export function printable(name: string): string {
  return name.slice(0, LONGEST).replace(/\p{C}/gu, "?");
}
