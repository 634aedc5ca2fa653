import type { Layer } from "./layers.js";

const GAP = 3;

/** The middle column of each item, 0 or more: below the middle of what leads to it, as far as there is room. */
export function centresOf(layers: readonly Layer[], widthOf: (id: string) => number): ReadonlyMap<string, number> {
  const centres = new Map<string, number>();
  for (const [index, layer] of layers.entries()) {
    const wanted = layer.map(({ id }) => {
      const above = (layers[index - 1] ?? [])
        .filter(({ next }) => next.includes(id))
        .map((item) => centres.get(item.id)!);
      return above.length === 0 ? 0 : Math.round(above.reduce((sum, x) => sum + x, 0) / above.length);
    });
    const widths = layer.map(({ id }) => widthOf(id));
    const fromLeft = spread(wanted, widths);
    const fromRight = spread(mirror(wanted), [...widths].reverse());
    // Both keep the distances; so does their mean, which leans to neither side.
    const mean = fromLeft.map((x, i) => Math.floor((x - fromRight[layer.length - 1 - i]!) / 2));
    for (const [i, { id }] of layer.entries()) centres.set(id, mean[i]!);
  }
  const left = Math.min(...[...centres].map(([id, centre]) => centre - (widthOf(id) - 1) / 2));
  return new Map([...centres].map(([id, centre]) => [id, centre - left]));
}

/** Each where it wants to be, or pushed to the right by the one before. */
function spread(wanted: readonly number[], widths: readonly number[]): readonly number[] {
  const placed: number[] = [];
  for (const [i, wish] of wanted.entries()) {
    const before = placed[i - 1];
    const least = before === undefined ? wish : before + (widths[i - 1]! - 1) / 2 + GAP + (widths[i]! - 1) / 2 + 1;
    placed.push(Math.max(wish, least));
  }
  return placed;
}

function mirror(numbers: readonly number[]): readonly number[] {
  return [...numbers].reverse().map((x) => -x);
}
