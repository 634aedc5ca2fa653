import type { Part } from "../protocol/messages.js";

/** The part that a request begins as: the same each time it is sent. */
export function rootPart(session: number, seq: number): Part {
  return { partHigh: rootHigh(session, seq), partLow: rootLow(session, seq) };
}

export function rootHigh(session: number, seq: number): number {
  return mix(session, seq, 1);
}

export function rootLow(session: number, seq: number): number {
  return mix(session, seq, 2);
}

/**
 * Shares one part out among the jobs that came of it: all but the last get numbers made from the part and their place,
 * the last gets what is left, so that the exclusive or of the shares is the part itself. One object serves a whole node:
 * `take`, then read the share.
 */
export class Shares implements Part {
  partHigh = 0;
  partLow = 0;
  private restHigh = 0;
  private restLow = 0;
  private high = 0;
  private low = 0;
  private left = 0;

  /** @param count how many shares will be taken; a single one is the part itself */
  begin({ partHigh, partLow }: Part, count: number): void {
    this.high = partHigh;
    this.low = partLow;
    this.restHigh = partHigh;
    this.restLow = partLow;
    this.left = count;
  }

  take(): Part {
    this.left--;
    if (this.left <= 0) {
      this.partHigh = this.restHigh >>> 0;
      this.partLow = this.restLow >>> 0;
    } else {
      this.partHigh = mix(this.high, this.low, 2 * this.left);
      this.partLow = mix(this.high, this.low, 2 * this.left + 1);
      this.restHigh ^= this.partHigh;
      this.restLow ^= this.partLow;
    }
    return this;
  }
}

/** Three numbers to 32 bits that look random: steps and end of MurmurHash3, whose author put it in the public domain. */
function mix(a: number, b: number, c: number): number {
  let hash = step(step(step(0x9747b28c, a), b), c);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function step(hash: number, value: number): number {
  const mixed = Math.imul(value, 0xcc9e2d51);
  const turned = hash ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0;
}
