import type { Layer } from "./layers.js";

/** The lines between two layers that share one horizontal: from each of its origins to each of its targets. */
export interface Bundle {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Only items with exactly the same targets share a bundle, so that a junction never says more than is true. */
export function bundlesOf(layer: Layer): readonly Bundle[] {
  const byTargets = new Map<string, { from: string[]; to: readonly string[] }>();
  for (const { id, next } of layer) {
    if (next.length === 0) continue;
    const key = JSON.stringify([...next].sort());
    const bundle = byTargets.get(key);
    if (bundle === undefined) byTargets.set(key, { from: [id], to: next });
    else bundle.from.push(id);
  }
  return [...byTargets.values()];
}

/** A bundle with its columns and the row of its horizontal. */
export interface Routed {
  readonly outs: readonly number[];
  readonly ins: readonly number[];
  readonly row: number;
}

export interface Columns {
  readonly outs: readonly number[];
  readonly ins: readonly number[];
}

/**
 * Gives each bundle a row, such that no line runs into another's; undefined when there is no such order.
 * Where a line leaves downward in the column in which another arrives, it must turn off above it.
 */
export function routeBundles(bundles: readonly Columns[]): readonly Routed[] | undefined {
  const mustBeAbove = (a: Columns, b: Columns): boolean => a !== b && a.outs.some((column) => b.ins.includes(column));
  const routed = new Map<Columns, Routed>();
  while (routed.size < bundles.length) {
    const next = bundles.find(
      (bundle) => !routed.has(bundle) && bundles.every((other) => routed.has(other) || !mustBeAbove(other, bundle)),
    );
    if (next === undefined) return undefined;
    const above = [...routed].filter(([other]) => mustBeAbove(other, next)).map(([, { row }]) => row);
    let row = Math.max(-1, ...above) + 1;
    while ([...routed.values()].some((other) => other.row === row && touch(other, next))) row++;
    routed.set(next, { ...next, row });
  }
  return [...routed.values()];
}

function touch(a: Columns, b: Columns): boolean {
  const [left, right] = [spanOf(a), spanOf(b)];
  return left[0] <= right[1] && right[0] <= left[1];
}

export function spanOf({ outs, ins }: Columns): readonly [number, number] {
  return [Math.min(...outs, ...ins), Math.max(...outs, ...ins)];
}
