import type { JoinPlan } from "../../plan/types.js";
import { HOME } from "../../plan/types.js";
import type { Group, Job, Part } from "../../protocol/messages.js";
import { type Body, gather } from "../../protocol/payload.js";
import { SERVER } from "../../topology/types.js";
import { NumberMap } from "../number-map.js";
import { RecentNumbers } from "../recent-numbers.js";

/** Scatters that are remembered after they were gathered, so that a part that comes again is known for what it is. */
const REMEMBERED = 131_072;

/** By the node that has scattered: those of one push out no others. Beyond so many, nodes share. */
const MOST_NODES = 64;

/** Edges of a stage, and so copies along them. Beyond it an index was made up, and would make an array of its length. */
const MOST_COPIES = 0xffff;

/**
 * Gathers the parts of one scatter into one job. A part carries the stack of scatters it came through; the topmost one
 * that this join closes is the one it is gathered by, and what lay below it is the stack of the gathered job.
 */
export class Gatherer {
  private readonly waiting = new NumberMap<Gathering>();
  private readonly completed: (RecentNumbers | undefined)[] = new Array(MOST_NODES).fill(undefined);

  constructor(
    private readonly plan: JoinPlan,
    private readonly stageNames: readonly string[],
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  /**
   * The gathered job when this part was the last; "waiting" (also for a duplicate); "spare" when the branch has brought
   * its part already; "stray" when no scatter fits; "huge" when its parts make more than a text or a buffer can hold.
   */
  add(job: Job): Job | "waiting" | "spare" | "stray" | "huge" {
    const found = this.find(job.group);
    if (!found) return "stray";
    const { group, parts: expected } = found;
    if (group.count === 0) return { ...job, ...this.gatherNothing(), group: group.up };
    const completed = this.completedOf(group.id);
    if (completed.has(group.id)) return "spare";
    let gathering = this.waiting.get(group.id);
    if (!gathering) {
      gathering = { id: group.id, first: job, expected, missing: expected, parts: [] };
      this.waiting.set(group.id, gathering);
    }
    const { parts } = gathering;
    const before = parts[group.index];
    if (before !== undefined) return isSamePart(before, job) ? "waiting" : "spare";
    gathering.missing--;
    parts[group.index] = job;
    if (gathering.missing > 0) return "waiting";
    this.waiting.delete(group.id);
    completed.add(group.id);
    try {
      return this.gather(parts, group, job);
    } catch (error) {
      if (error instanceof RangeError) return "huge";
      throw error;
    }
  }

  /** Forgets what is not wanted any more; returns how many jobs that were. */
  drop(unwanted: (job: Job) => boolean): number {
    let dropped = 0;
    for (const { id, first, expected, missing } of this.waiting.values()) {
      if (!unwanted(first)) continue;
      dropped += expected - missing;
      this.waiting.delete(id);
    }
    return dropped;
  }

  /** @param id as `GroupIds` makes it: the number of the node is in its high bits */
  private completedOf(id: number): RecentNumbers {
    const place = Math.floor(id / 2 ** 32) % MOST_NODES;
    let completed = this.completed[place];
    if (!completed) {
      completed = new RecentNumbers(REMEMBERED);
      this.completed[place] = completed;
    }
    return completed;
  }

  private find(top: Group | undefined): { group: Group; parts: number } | undefined {
    for (let group = top; group; group = group.up) {
      for (const candidate of this.plan.groups) {
        if (candidate.origin !== group.origin || candidate.target !== group.target) continue;
        if (candidate.parts > 0 && group.count > MOST_COPIES) return undefined;
        return { group, parts: candidate.parts || group.count };
      }
    }
    return undefined;
  }

  private gather(parts: readonly (Job | undefined)[], group: Group, last: Job): Job {
    const scattered = group.target !== HOME;
    const byStage: { name: string; many: boolean; parts: Job[] }[] = [];
    let hops = 0;
    let partHigh = 0;
    let partLow = 0;
    for (const job of parts) {
      // Branches that do not lead to this join leave gaps.
      if (job === undefined) continue;
      hops = Math.max(hops, job.hops);
      partHigh ^= job.partHigh;
      partLow ^= job.partLow;
      const same = byStage.find(({ parts: [first] }) => first!.from === job.from);
      if (same) {
        same.parts.push(job);
        same.many = true;
      } else byStage.push({ name: this.nameOf(job.from), many: scattered, parts: [job] });
    }
    const part: Part = { partHigh: partHigh >>> 0, partLow: partLow >>> 0 };
    return { ...last, ...gather(byStage, this.plan.bare), ...part, hops, group: group.up };
  }

  private gatherNothing(): Body {
    return gather(
      this.plan.sources.map((name) => ({ name, many: true, parts: [] })),
      this.plan.bare,
    );
  }

  private nameOf(stage: number): string {
    return this.stageNames[stage] ?? SERVER;
  }
}

function isSamePart(a: Part, b: Part): boolean {
  return a.partHigh === b.partHigh && a.partLow === b.partLow;
}

interface Gathering {
  readonly id: number;
  /** Of one request are all of them. */
  readonly first: Job;
  readonly expected: number;
  missing: number;
  /** By their index in the scatter. */
  readonly parts: (Job | undefined)[];
}
