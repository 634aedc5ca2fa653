import { type Candidate, Candidates } from "../discovery/candidates.js";
import { type BeaconListener, listenForBeacons } from "../discovery/listener.js";
import type { CurveClient } from "../plan/child.js";
import type { Posting } from "../protocol/gate.js";
import { isLoopback } from "../topology/network.js";
import { Enquiry } from "./enquiry.js";

export interface ScoutOptions {
  readonly topology: string;
  readonly stages: readonly string[];
  readonly curve: CurveClient | undefined;
  /** Where beacons are heard (UDP), or the one place where the topology is. */
  readonly where: { readonly beaconPort: number } | { readonly host: string; readonly port: number };
  /** The topology is there, for the first time or again, perhaps elsewhere. */
  onFound(endpoint: string, postings: readonly Posting[]): void;
  /** It is not there any more; it is looked for. */
  onLost(): void;
  /** Why one that was asked is not the one, or lets nobody in; each told once while it is looked for. */
  onTrouble(message: string): void;
}

/** How often it is looked whether there is somebody to ask. */
const LOOK_MS = 250;

/** Asked at a time; whoever sends beacons in thousands must not make us ask thousands. */
const MOST_AT_A_TIME = 4;

/** Finds the gate of a topology, and finds it again: among those whose beacons are heard, or at the one place. */
export class Scout {
  private readonly candidates: Candidates;
  private readonly asking = new Set<Enquiry>();
  private current: Enquiry | undefined;
  private isThere = false;
  private listener: BeaconListener | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly told = new Set<string>();

  constructor(private readonly options: ScoutOptions) {
    // Without keys nothing tells a topology from whoever pretends to be it: only this machine, or whom the user has named.
    const hasProof = options.curve !== undefined || "host" in options.where;
    this.candidates = new Candidates(hasProof ? undefined : isLoopback);
  }

  async start(): Promise<void> {
    const { where } = this.options;
    if ("beaconPort" in where) {
      this.listener = await listenForBeacons(where.beaconPort, (beacon, address) => {
        // Nobody is looked for.
        if (!this.isThere) this.candidates.hear(beacon, address, performance.now());
      });
    }
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.listener?.close();
    this.current?.close();
    for (const enquiry of this.asking) enquiry.close();
  }

  private look(): void {
    if (this.isThere) return;
    const { where } = this.options;
    const now = performance.now();
    if ("host" in where) this.candidates.hear({ uuid: "", port: where.port }, where.host, now);
    while (this.asking.size < MOST_AT_A_TIME) {
      const candidate = this.candidates.next(now);
      if (candidate === undefined) return;
      this.ask(candidate);
    }
  }

  private ask(candidate: Candidate): void {
    const { topology, stages, curve } = this.options;
    const enquiry: Enquiry = new Enquiry(
      candidate.endpoint,
      { topology, stages, curve },
      {
        onAnswer: (postings) => this.found(enquiry, postings),
        onFail: (why) => this.failed(enquiry, candidate, why),
      },
    );
    this.asking.add(enquiry);
  }

  private found(enquiry: Enquiry, postings: readonly Posting[]): void {
    if (this.isThere && this.current !== enquiry) {
      // Another was quicker.
      this.asking.delete(enquiry);
      enquiry.close();
      return;
    }
    this.asking.delete(enquiry);
    if (this.current !== enquiry) this.current?.close();
    this.current = enquiry;
    this.isThere = true;
    this.told.clear();
    for (const other of this.asking) other.close();
    this.asking.clear();
    this.options.onFound(enquiry.endpoint, postings);
  }

  private failed(enquiry: Enquiry, candidate: Candidate, why: string | undefined): void {
    if (enquiry === this.current) {
      if (!this.isThere) return;
      // Its link is kept, since a cut may heal; meanwhile it may turn up elsewhere.
      this.isThere = false;
      this.candidates.forgive(performance.now());
      this.options.onLost();
      return;
    }
    this.asking.delete(enquiry);
    enquiry.close();
    this.candidates.fail(candidate, performance.now());
    if (why === undefined || this.told.has(why) || this.told.size >= MOST_TOLD) return;
    this.told.add(why);
    this.options.onTrouble(why);
  }
}

/** Troubles; from then on, they are those of a network full of strangers. */
const MOST_TOLD = 50;
