import { buildGraph } from "../../src/graph/build.js";
import { loadGraph } from "../../src/graph/load.js";
import type { Graph } from "../../src/graph/types.js";
import { formatDiagnostic } from "../../src/topology/load.js";
import { inMemory, topologyOf } from "../topology/support.js";

export interface Sketch {
  /** One route each: the stages it leads to. */
  readonly routes: readonly (readonly string[])[];
  /** `a > b` for all, `a ~ b` for choose, `a @` for the loopback; commas between. */
  readonly edges: string;
  readonly joins?: Readonly<Record<string, string | readonly string[]>>;
}

/** The text of a topology with commands for workers; its stages stand in the order in which the sketch names them. */
export function textOf({ routes, edges, joins = {} }: Sketch): string {
  const pairs = edges.split(",").map((edge) => edge.trim().split(" "));
  const names = new Set([
    ...routes.flat(),
    ...pairs.flatMap(([from, , to]) => (to === undefined ? [from!] : [from!, to])),
  ]);
  const lines = ["[server]"];
  for (const [index, to] of routes.entries()) {
    lines.push("[[server.routes]]", `path = "/${index}"`, `to = ${JSON.stringify(to)}`);
  }
  for (const name of names) {
    lines.push(`[stages.${name}]`, 'command = ["work"]');
    if (joins[name] !== undefined) lines.push(`join = ${JSON.stringify(joins[name])}`);
  }
  for (const [from, sign, to = "server"] of pairs) {
    lines.push("[[edges]]", `from = "${from}"`, `to = "${to}"`);
    if (sign === "~") lines.push('route = "choose"');
    if (sign === "@") lines.push("loopback = true");
  }
  return lines.join("\n");
}

export async function graphOf(sketch: Sketch): Promise<Graph> {
  return buildGraph(await topologyOf(textOf(sketch)));
}

/** The messages for a sketch, without places and hints: those are tested with the broken files. */
export async function messagesFor(sketch: Sketch): Promise<readonly string[]> {
  const result = await loadGraph("/t/main.toml", inMemory({ "main.toml": textOf(sketch) }));
  return result.ok
    ? []
    : result.diagnostics.map((diagnostic) =>
        formatDiagnostic({ ...diagnostic, hint: undefined }).replace(/^.*?:\d+:\d+: /, ""),
      );
}

export const EULER6: Sketch = {
  routes: [["sum", "square"]],
  edges: "sum > difference, square > difference, difference @",
  joins: { difference: ["sum", "square"] },
};

export const DIAMOND: Sketch = {
  routes: [["split"]],
  edges: "split > left, split > right, left > merge, right > merge, merge @",
  joins: { merge: ["left", "right"] },
};

export const SELF_LOOP: Sketch = { routes: [["step"]], edges: "step ~ step, step @" };

export const THREE_CYCLE: Sketch = { routes: [["a"]], edges: "a > b, b > c, c ~ a, c @" };

export const CHAIN: Sketch = {
  routes: [["s1"]],
  edges: "s1 > s2, s2 > s3, s3 > s4, s4 > s5, s5 > s6, s6 > s7, s7 > s8, s8 @",
};
