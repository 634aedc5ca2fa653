import { type Output, OutputRoute } from "../../protocol/messages.js";

/** What a worker made of its copy of a job. */
export interface Outcome {
  readonly worker: string;
  readonly outputs: readonly Output[];
}

/**
 * What came of all copies of a job, as the outputs of that one job. They are in the order of the workers' names, not in
 * the one in which the workers were done: a job that comes again then gives its parts the same numbers, by which sinks
 * know what they have taken already. What several workers scatter along one edge is one scatter, which a join gathers
 * as a whole; one that scatters an empty list adds nothing to it.
 */
export function together(outcomes: readonly Outcome[]): readonly Output[] {
  if (outcomes.length === 1) return outcomes[0]!.outputs;
  const sorted = [...outcomes].sort((a, b) => NAMES.compare(a.worker, b.worker));
  const others: Output[] = [];
  const scatters: Output[][] = [];
  for (const output of sorted.flatMap(({ outputs }) => outputs)) {
    const { route, edge } = output;
    if (route !== OutputRoute.scatter && route !== OutputRoute.empty) others.push(output);
    else {
      const scatter = scatters[edge] ?? [];
      scatters[edge] = scatter;
      if (scatter[0]?.route === OutputRoute.empty) scatter.pop();
      if (scatter.length === 0 || route === OutputRoute.scatter) scatter.push(output);
    }
  }
  // An edge along which nothing was scattered is a hole, which `flat` leaves out.
  return [...others, ...scatters.flat()];
}

/** What workers of a sink return goes nowhere: one word that they are done is enough. */
export function theLast(outcomes: readonly Outcome[]): readonly Output[] {
  return outcomes.at(-1)!.outputs;
}

/** `rates.2` before `rates.10`. */
const NAMES = new Intl.Collator("en", { numeric: true });
