import { COLUMNS } from "./columns.js";
import { HEADING, type Row, STRONG, span } from "./style.js";
import { pad } from "./text.js";

const KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓  home end", "select a stage, or a node in the details"],
  ["← →", "sort by the next column; in the details: the next stage"],
  ["/", "filter stages and log lines; esc takes it back"],
  ["+ -", "one worker more or less for the selected stage"],
  ["r", "restart its workers, one after the other; or the selected node"],
  ["k", "kill a worker, or the selected node (asks first)"],
  ["g  l  d", "open or close the graph, the log, the details"],
  ["tab  enter", "to the nodes of the details and back"],
  ["pgup pgdn", "through the log"],
  ["space", "pause what is shown; the run goes on"],
  ["? esc q", "this help; back; quit"],
];

const WORDS: readonly (readonly [string, string])[] = [
  ["DEPTH OLDEST", "jobs in the queue of the stage's proxy, and the age of the oldest"],
  ["FLIGHT", "jobs that workers have and have not finished"],
  ["WAIT SERVICE", "from arrival to the handler, and in it; of the last 5 seconds"],
  ["ERR RETRY", "jobs that failed; jobs given to a worker again"],
  ["CPU% MEM", 'of its proxy and workers; "-": they share all their processes'],
  ["◆", "the bottleneck: busiest, or where jobs wait longest"],
];

/** What the keys do and what the words mean, in one column or two. */
export function helpRows(width: number): readonly Row[] {
  const keys = section("Keys", KEYS);
  const sort = section("Sort (again: the other way)", sortKeys());
  const words = section("Words", WORDS);
  if (width < 130) return [...keys, ...sort, ...words];
  const right = [...words, [], ...sort];
  const half = 76;
  return Array.from({ length: Math.max(keys.length, right.length) }, (_, index) => [
    ...padded(keys[index] ?? [], half),
    ...(right[index] ?? []),
  ]);
}

function sortKeys(): readonly (readonly [string, string])[] {
  const all = COLUMNS.map(
    ({ key, title, group }) => `${key} ${/^p\d/.test(title) ? `${group.toLowerCase()} ${title}` : title.toLowerCase()}`,
  );
  const half = Math.ceil(all.length / 2);
  return [
    ["", all.slice(0, half).join("  ")],
    ["", all.slice(half).join("  ")],
  ];
}

function section(title: string, lines: readonly (readonly [string, string])[]): readonly Row[] {
  return [
    [span(` ${title}`, HEADING)],
    ...lines.map(([left, right]) =>
      left === "" ? [span(`  ${right}`)] : [span(`  ${pad(left, 14)}`, STRONG), span(right)],
    ),
  ];
}

function padded(row: Row, width: number): Row {
  const missing = width - row.reduce((sum, { text }) => sum + text.length, 0);
  return [...row, span(" ".repeat(Math.max(missing, 0)))];
}
