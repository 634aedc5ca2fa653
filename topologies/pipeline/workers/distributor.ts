import type { Source } from "zpipe";

/** One piece of work: how long it takes. */
export interface Work {
  readonly n: number;
  readonly source: string;
  readonly ms: number;
}

/** As many as are wanted: `limit` of the source, or `zpipe bench --jobs`. */
const distributor: Source<Work> = function* ({ source, metadata }) {
  const ms = Number(metadata.workload_ms);
  for (let n = 1; ; n++) yield { n, source, ms };
};

export default distributor;
