import { matches } from "../load/answer-check.js";
import { encodeJson } from "../protocol/json.js";
import type { SystemTest } from "../topology/types.js";
import type { Fault } from "./result.js";

const MOST_SHOWN = 10;
const LONGEST_SHOWN = 200;

/** Whether it was over too late, or too soon. */
export function timeFaults({ withinMs, notBeforeMs }: SystemTest, tookMs: number): readonly Fault[] {
  const actual = `after ${seconds(tookMs)}`;
  if (withinMs !== undefined && tookMs > withinMs) {
    return [{ what: "time", expected: `within ${seconds(withinMs)}`, actual }];
  }
  if (notBeforeMs !== undefined && tookMs < notBeforeMs) {
    return [{ what: "time", expected: `not before ${seconds(notBeforeMs)}`, actual }];
  }
  return [];
}

/** Lines that came, against values that should have: as a set, each as often as it is listed, or in order. */
export function resultFaults(
  expected: readonly unknown[],
  lines: readonly string[],
  ordered: boolean,
): readonly Fault[] {
  const { missing, unexpected } = ordered ? difference(expected, lines) : setDifference(expected, lines);
  if (missing.length + unexpected.length === 0) return [];
  return [
    {
      what: "results",
      expected: `${expected.length} results${ordered ? " in order" : ""}${listOf("; missing", missing.map(encodeJson))}`,
      actual: `${lines.length} results${listOf("; not expected", unexpected)}`,
    },
  ];
}

interface Difference {
  readonly missing: readonly unknown[];
  readonly unexpected: readonly string[];
}

/** From the first place where they differ. */
function difference(expected: readonly unknown[], lines: readonly string[]): Difference {
  const at = expected.findIndex((value, index) => index >= lines.length || !matches(lines[index]!, value));
  const same = at === -1 ? expected.length : at;
  return { missing: expected.slice(same), unexpected: lines.slice(same) };
}

function setDifference(expected: readonly unknown[], lines: readonly string[]): Difference {
  const rest = [...lines];
  const missing = expected.filter((value) => {
    const at = rest.findIndex((line) => matches(line, value));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return { missing, unexpected: rest };
}

function listOf(title: string, items: readonly string[]): string {
  if (items.length === 0) return "";
  const shown = items.slice(0, MOST_SHOWN).map(cut);
  const more = items.length - shown.length;
  return `${title}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function cut(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

/** `2 s`, `0.012 s`. */
export function seconds(ms: number): string {
  return `${Math.round(ms) / 1000} s`;
}
