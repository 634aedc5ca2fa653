import type { Train } from "../../protocol/messages.js";
import { Hop, type HopLog } from "../hop-log.js";
import { jobsOf, sizeOf } from "../load.js";
import type { Entry, Member } from "./custody.js";
import type { Tally } from "./tally.js";

/** Writes down what has become of jobs: in numbers for all, and one by one for whoever traces a request. */
export class Records {
  constructor(
    private readonly tally: Tally,
    private readonly log: HopLog,
    private readonly now: () => number,
  ) {}

  /**
   * Its worker has said so. All the time here that was not spent in the handler is waiting: in the queue, with the worker,
   * and on the way.
   */
  ended({ job, arrivedAt, deaths }: Entry, member: Member, serviceUs: number, outcome: "done" | "failed"): void {
    const now = member.lastHeard;
    this.tally[outcome]++;
    this.tally.service.record(serviceUs);
    this.tally.wait.record((now - arrivedAt) * 1000 - serviceUs);
    this.log.add(job, member.name, arrivedAt, now, serviceUs, Hop[outcome], deaths);
  }

  /** As `ended`, for every job of a train. @param services in the handler, in microseconds */
  trainDone({ job, arrivedAt }: Entry, member: Member, services: Uint32Array): void {
    const now = member.lastHeard;
    const us = (now - arrivedAt) * 1000;
    this.tally.done += services.length;
    for (let i = 0; i < services.length; i++) {
      this.tally.service.record(services[i]!);
      this.tally.wait.record(us - services[i]!);
    }
    this.log.addTrain(job as Train, member.name, arrivedAt, now, services);
  }

  /** Nobody waits for it. */
  dropped({ job, arrivedAt, current, deaths }: Entry): void {
    this.tally.dropped += sizeOf(job);
    const worker = current?.member.name ?? "";
    for (const each of jobsOf(job)) this.log.add(each, worker, arrivedAt, this.now(), 0, Hop.dropped, deaths);
  }

  /** Too many workers have died with it. @param last of them */
  givenUp({ job, arrivedAt, deaths }: Entry, last: Member): void {
    this.tally.failed++;
    this.log.add(job, last.name, arrivedAt, this.now(), 0, Hop.refused, deaths);
  }
}
