/** A source that has come to its end with failures, or was not started itself. */
export interface Obstacle {
  readonly source: string;
  /** 0: it was not started. */
  readonly failed: number;
}

/** Why a source that comes after them is not started. */
export function reasonOf(obstacles: readonly Obstacle[]): string {
  return obstacles
    .map(({ source, failed }) => {
      if (failed === 0) return `${source} was not started`;
      return `${failed} ${failed === 1 ? "job" : "jobs"} of ${source} failed`;
    })
    .join(", ");
}
