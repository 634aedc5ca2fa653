import { TimeHistogram } from "../../metrics/time-histogram.js";

/** What has become of the jobs of a stage so far. */
export class Tally {
  received = 0;
  done = 0;
  failed = 0;
  redelivered = 0;
  dropped = 0;
  readonly wait = new TimeHistogram();
  readonly service = new TimeHistogram();

  stats() {
    const { received, done, failed, redelivered, dropped } = this;
    return { received, done, failed, redelivered, dropped, wait: this.wait.times(), service: this.service.times() };
  }
}
