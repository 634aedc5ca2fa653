const LONGEST = 60;

/** A value as a message shows it: `"two"`, `2.5`, `an array`, `a table`. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  // In TOML 2 and 2.0 differ, and it may be the very point of the message.
  if (typeof value === "number" && Number.isInteger(value)) return value.toFixed(1);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return "a date";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  return "a table";
}

/** `a, b or c`. */
export function orList(items: readonly string[]): string {
  return joined(items, "or");
}

/** `a, b and c`. */
export function andList(items: readonly string[]): string {
  return joined(items, "and");
}

export function quoted(items: readonly string[]): readonly string[] {
  return items.map((item) => `"${item}"`);
}

function joined(items: readonly string[], word: string): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}
