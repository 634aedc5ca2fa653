import { escapeMarkup } from "../graph/render/escape.js";

/** One line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly series: readonly Series[];
  /** Marks of the x axis, in units of the points. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  readonly unit: string;
}

const [WIDTH, HEIGHT] = [720, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 12, 32];

/** A line plot as inline SVG; its colours are the classes of the page's style. */
export function svgPlot({ title, series, ticks, unit }: Plot): string {
  const points = series.flatMap((line) => line.points);
  const [lowX, highX] = [Math.min(...points.map(([x]) => x), 0), Math.max(...points.map(([x]) => x), 1e-9)];
  const marks = yTicks(Math.max(...points.map(([, y]) => y), 0));
  const highY = marks.at(-1)!;
  const x = (value: number) => round(LEFT + ((value - lowX) / (highX - lowX)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(HEIGHT - BOTTOM - (value / highY) * (HEIGHT - TOP - BOTTOM));
  const grid = marks.map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="tick" x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${number(value)}</text>`,
  );
  const bottom = ticks
    .filter(({ at }) => at >= lowX && at <= highX)
    .map(
      ({ at, label }) =>
        `<text class="tick" x="${x(at)}" y="${HEIGHT - 10}" text-anchor="middle">${escapeMarkup(label)}</text>`,
    );
  const lines = series.map(
    ({ name, points: own }, index) =>
      `<polyline class="line line-${index % 6}" points="${own.map(([px, py]) => `${x(px)},${y(py)}`).join(" ")}">` +
      `<title>${escapeMarkup(name)}</title></polyline>`,
  );
  return [
    `<figure><figcaption>${escapeMarkup(title)} <span class="unit">${escapeMarkup(unit)}</span></figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeMarkup(title)}">`,
    ...grid,
    ...bottom,
    ...lines,
    "</svg></figure>",
  ].join("\n");
}

/** From 0 in steps of 1, 2 or 5 times a power of ten, beyond the highest value. */
export function yTicks(highest: number): readonly number[] {
  const rough = Math.max(highest, 1e-6) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
}

export function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
