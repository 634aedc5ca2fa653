import type { SentStats } from "../plan/child.js";

/** How many messages a node has sent along each edge, by the number of the stage or of the owner at its end. */
export class Sent {
  private readonly stages: number[] = [];
  private readonly owners: number[] = [];

  toStage(stage: number, count = 1): void {
    bump(this.stages, stage, count);
  }

  toOwner(owner: number, count = 1): void {
    bump(this.owners, owner, count);
  }

  stats(): SentStats {
    return { stages: [...this.stages], owners: [...this.owners] };
  }
}

/** Without holes, whatever comes first: an array that has any is slower for good. */
function bump(counts: number[], index: number, count: number): void {
  while (counts.length <= index) counts.push(0);
  counts[index]! += count;
}
