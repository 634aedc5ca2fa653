import { type Done, type Dones, OutputRoute } from "../../protocol/messages.js";
import { PayloadsWriter } from "../../protocol/payloads.js";
import { LARGEST_TRAIN_BYTES, LONGEST_TRAIN } from "../load.js";

/** Couples what came of jobs whose slots follow each other, so that the results of quick jobs go back as one message. */
export class DoneCoupler {
  private first: Done | undefined;
  private last: Done | undefined;
  private readonly payloads = new PayloadsWriter();
  private readonly services = new Uint32Array(LONGEST_TRAIN);

  constructor(private readonly send: (message: Done | Dones) => void) {}

  add(done: Done): void {
    if (this.first && !this.follows(done)) this.flush();
    if (!isPlain(done)) this.send(done);
    else if (!this.first) {
      this.first = done;
      this.last = done;
      // Behind all promises that are settled now: their results may follow.
      process.nextTick(this.flush);
    } else this.couple(done);
  }

  /** What waits for others leaves now. */
  readonly flush = (): void => {
    const { first, last, payloads, services } = this;
    if (!first || !last) return;
    this.first = undefined;
    if (payloads.count === 0) {
      this.send(first);
      return;
    }
    const { kind, edge, route } = first.outputs[0]!;
    this.send({
      type: "dones",
      slot: first.slot,
      credits: last.credits,
      services: services.slice(0, payloads.count),
      route: route as Dones["route"],
      edge,
      kind,
      payloads: payloads.take(),
    });
  };

  /** What waits is not to be told any more. */
  clear(): void {
    this.first = undefined;
    if (this.payloads.count > 0) this.payloads.take();
  }

  private couple(done: Done): void {
    const { payloads, services, first } = this;
    if (payloads.count === 0) this.put(first!);
    this.put(done);
    this.last = done;
    if (payloads.count === services.length || payloads.size > LARGEST_TRAIN_BYTES) this.flush();
  }

  private put({ service, outputs }: Done): void {
    this.services[this.payloads.count] = service;
    this.payloads.add(outputs[0]!.payload);
  }

  private follows(done: Done): boolean {
    if (done.slot !== (this.last!.slot + 1) >>> 0 || !isPlain(done)) return false;
    const [a, b] = [this.first!.outputs[0]!, done.outputs[0]!];
    return a.route === b.route && a.edge === b.edge && a.kind === b.kind;
  }
}

/** One output, along the stage's edges or one of them. */
function isPlain({ outputs }: Done): boolean {
  if (outputs.length !== 1) return false;
  const { route, meta } = outputs[0]!;
  return (route === OutputRoute.follow || route === OutputRoute.edge) && meta === "";
}
