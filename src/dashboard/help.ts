import { COLUMNS } from "./columns.js";
import { HEADING, type Row, STRONG, span } from "./style.js";
import { pad, padRow } from "./text.js";

const KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓  home end", "select a stage, or a node in the details"],
  ["← →", "sort by the next column; in the details: the next stage"],
  ["/", "filter stages and log lines; esc takes it back"],
  ["+ -", "one worker more or less for the selected stage"],
  ["r", "restart its workers, one after the other; or the selected node"],
  ["k", "kill a worker, or the selected node (asks first)"],
  ["g  l  d", "open or close the graph, the log, the details"],
  ["tab enter esc", "to the nodes of the details and back; esc: one step back"],
  ["pgup pgdn", "through the log"],
  ["space  q", "pause what is shown, or quit: the run goes on"],
];

const WORDS: readonly (readonly [string, string])[] = [
  ["DEPTH OLDEST", "jobs that queue at its proxy, and the age of the oldest"],
  ["FLIGHT", "jobs that workers have and have not finished"],
  ["WAIT SERVICE", "from arrival to the handler, and in it; of the last 5 seconds"],
  ["ERR RETRY", "jobs that failed; jobs given to a worker again"],
  ["CPU% MEM", 'of its proxy and workers; "-": they share all their processes'],
  ["◆", "the bottleneck: busiest, or where jobs wait longest"],
];

const INDENT = 2;
const TWO_COLUMNS = 130;
const LEFT_HALF = 76;

/** What the keys do and what the words mean, in one column or two; 22 rows of 80 cells hold all of it. */
export function helpRows(width: number): readonly Row[] {
  const keys = section("Keys", KEYS);
  const sortWidth = (width < TWO_COLUMNS ? width : width - LEFT_HALF) - INDENT;
  const sort = section("Sort (again: the other way)", sortKeys(sortWidth));
  const words = section("Words", WORDS);
  if (width < TWO_COLUMNS) return [...keys, ...sort, ...words];
  const right = [...words, [], ...sort];
  return Array.from({ length: Math.max(keys.length, right.length) }, (_, index) => [
    ...padRow(keys[index] ?? [], LEFT_HALF),
    ...(right[index] ?? []),
  ]);
}

/** As many as fit into each line. */
function sortKeys(width: number): readonly (readonly [string, string])[] {
  const lines: string[] = [];
  for (const { key, title, group } of COLUMNS) {
    const name = /^p\d/.test(title) ? `${group} ${title}` : title;
    const piece = `${key} ${name.toLowerCase()}`;
    const last = lines.at(-1);
    if (last !== undefined && `${last}  ${piece}`.length <= width) lines.splice(-1, 1, `${last}  ${piece}`);
    else lines.push(piece);
  }
  return lines.map((line) => ["", line]);
}

function section(title: string, lines: readonly (readonly [string, string])[]): readonly Row[] {
  return [
    [span(` ${title}`, HEADING)],
    ...lines.map(([left, right]) =>
      left === "" ? [span(" ".repeat(INDENT) + right)] : [span(`  ${pad(left, 14)}`, STRONG), span(right)],
    ),
  ];
}
