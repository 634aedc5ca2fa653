import { TimeHistogram } from "../metrics/time-histogram.js";
import type { ErrorKind, LoadOrder, LoadReport } from "../plan/load.js";

/** The shares of a load that several make together; none of them is empty. */
export function splitOrder(order: LoadOrder, makers: number): readonly LoadOrder[] {
  const count = Math.min(makers, order.connections);
  return Array.from({ length: count }, (_, i) => ({
    ...order,
    connections: Math.floor((order.connections + i) / count),
    rate: order.rate === undefined ? undefined : order.rate / count,
  }));
}

/** The reports of those who made a load together as one. */
export function mergeReports(reports: readonly LoadReport[]): LoadReport {
  const latency = new TimeHistogram();
  const errors: Partial<Record<ErrorKind, number>> = {};
  for (const report of reports) {
    latency.add(TimeHistogram.from(report.latency));
    for (const [kind, count] of Object.entries(report.errors) as [ErrorKind, number][]) {
      errors[kind] = (errors[kind] ?? 0) + count;
    }
  }
  const sum = (pick: (report: LoadReport) => number) => reports.reduce((total, report) => total + pick(report), 0);
  return {
    requests: sum((report) => report.requests),
    answered: sum((report) => report.answered),
    errors,
    wrong: sum((report) => report.wrong),
    wrongAnswers: reports.flatMap((report) => report.wrongAnswers),
    doubled: sum((report) => report.doubled),
    latency: latency.times(),
    timeline: (reports[0]?.timeline ?? []).map((_, bin) => sum((report) => report.timeline[bin]!)),
  };
}
