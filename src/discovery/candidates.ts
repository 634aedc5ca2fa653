import type { Beacon } from "./beacon.js";

/** Beacons are the word of anybody: one address can fill its own places, and all of them a fixed number. */
const MOST_BY_ADDRESS = 4;
const MOST = 64;

/** One that has not been heard for so long is gone. */
const SILENT_MS = 10_000;

/** Somebody who does not answer as a topology of ours is not asked again before this time has passed, then twice it, … */
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

export interface Candidate {
  /** For ZeroMQ. */
  readonly endpoint: string;
}

interface Known extends Candidate {
  readonly uuid: string;
  readonly address: string;
  heardAt: number;
  failures: number;
  /** Not to be asked before. */
  askAt: number;
}

/** Who might be what is sought, by their beacons: a bounded number of them, however many come. */
export class Candidates {
  private known: Known[] = [];

  /** @param trusts whether somebody at the address may be asked at all */
  constructor(private readonly trusts: (address: string) => boolean = () => true) {}

  get size(): number {
    return this.known.length;
  }

  /** @param now in ms */
  hear({ uuid, port }: Beacon, address: string, now: number): void {
    if (!this.trusts(address)) return;
    this.known = this.known.filter(({ heardAt }) => now - heardAt < SILENT_MS);
    const endpoint = `tcp://${address}:${port}`;
    const same = this.known.find((known) => known.uuid === uuid && known.address === address);
    if (same !== undefined && port !== 0 && same.endpoint === endpoint) {
      same.heardAt = now;
      return;
    }
    // It has moved, or it leaves.
    if (same !== undefined) this.known.splice(this.known.indexOf(same), 1);
    if (port === 0) return;
    const neighbours = this.known.filter((known) => known.address === address);
    if (neighbours.length >= MOST_BY_ADDRESS) this.drop(neighbours);
    else if (this.known.length >= MOST) this.drop(this.known);
    this.known.push({ uuid, address, endpoint, heardAt: now, failures: 0, askAt: now });
  }

  /** The next to be asked; undefined while there is none. */
  next(now: number): Candidate | undefined {
    const ready = this.known.filter(({ askAt, heardAt }) => askAt <= now && now - heardAt < SILENT_MS);
    const next = ready.sort((a, b) => a.failures - b.failures || a.askAt - b.askAt)[0];
    // Whoever asks it tells when it has failed; nobody asks it meanwhile.
    if (next !== undefined) next.askAt = Number.POSITIVE_INFINITY;
    return next;
  }

  /** It was asked in vain. */
  fail({ endpoint }: Candidate, now: number): void {
    for (const known of this.known) {
      if (known.endpoint !== endpoint) continue;
      known.askAt = now + Math.min(FIRST_PAUSE_MS * 2 ** known.failures, LONGEST_PAUSE_MS);
      known.failures++;
    }
  }

  /** All may be asked again, at once. */
  forgive(now: number): void {
    for (const known of this.known) {
      known.failures = 0;
      known.askAt = now;
    }
  }

  /** Makes a place: that of the one that has failed most and was heard first. */
  private drop(among: readonly Known[]): void {
    const worst = among.reduce((a, b) => (b.failures > a.failures ? b : a));
    this.known.splice(this.known.indexOf(worst), 1);
  }
}
