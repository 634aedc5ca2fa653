import type { Train } from "../../protocol/messages.js";
import { jobsOf, sizeOf, splitTrain } from "../load.js";
import { NumberMap } from "../number-map.js";
import { type Delivery, type Entry, entryOf, type Member } from "./custody.js";

/** What workers have in hand, by the slots under which they were given it. */
export class Deliveries {
  /** A train by the slot of its first job. */
  private readonly bySlot = new NumberMap<Delivery>();
  /** Starts anywhere: what a worker says of the slots of a former life of this proxy must not meet those of this one. */
  private nextSlot = Math.floor(Math.random() * 2 ** 32);

  constructor(private readonly now: () => number) {}

  give(entry: Entry, member: Member, now?: number): void {
    // Silence counts from when it had something to do.
    if (member.held.size === 0) member.lastHeard = now ?? this.now();
    const { job } = entry;
    const count = sizeOf(job);
    const delivery = deliveryOf(entry, member, this.nextSlot, count);
    const { slot } = delivery;
    this.nextSlot = (slot + count) >>> 0;
    this.bySlot.set(slot, delivery);
    member.held.add(delivery);
    const { session, seq, kind, hops, deadline } = job;
    const attempt = entry.deaths + 1;
    if (job.type === "job") {
      const { payload, trace } = job;
      member.link.send({ type: "work", slot, session, seq, kind, payload, attempt, hops, deadline, trace });
    } else {
      const { payloads } = job;
      member.link.send({ type: "works", slot, session, seq, kind, payloads, attempt, hops, deadline });
    }
  }

  /** What was given to the worker under this slot: a job, or a train that begins with it. */
  find(member: Member, slot: number): Delivery | undefined {
    let delivery = this.bySlot.get(slot);
    // Out of its turn: the train that it belongs to is not one any more.
    if (!delivery) {
      for (let held = member.held.first; held && !delivery; held = held.after) {
        if ((slot - held.slot) >>> 0 >= held.count) continue;
        this.uncouple(held);
        delivery = this.bySlot.get(slot);
      }
    }
    return delivery?.member === member ? delivery : undefined;
  }

  /** Its first so many jobs are not in hand any more; gives them. @param delivery what `find` gave */
  shorten(delivery: Delivery, count: number): Entry {
    if (count === delivery.count) {
      const { entry } = delivery;
      this.forget(delivery);
      return entry;
    }
    const { job, arrivedAt } = delivery.entry;
    const [first, rest] = splitTrain(job as Train, count);
    this.bySlot.delete(delivery.slot);
    delivery.slot = (delivery.slot + count) >>> 0;
    delivery.entry = entryOf(rest, arrivedAt);
    delivery.entry.current = delivery;
    this.bySlot.set(delivery.slot, delivery);
    delivery.member.held.shorten(delivery, count);
    return entryOf(first, arrivedAt);
  }

  /** The first word about a job settles it; every other delivery of it is called off. Undefined: it comes too late. */
  settle(member: Member, slot: number): Entry | undefined {
    const delivery = this.find(member, slot);
    if (!delivery) return undefined;
    const entry = this.shorten(delivery, 1);
    if (delivery.cancelled) return undefined;
    entry.settled = true;
    if (entry.current || entry.recalled) this.callOff(entry);
    return entry;
  }

  /** Whoever has it need not do it. Workers that it was recalled from may have started it all the same. */
  callOff({ current, recalled }: Entry): void {
    if (current) this.abort(current);
    for (const each of [...(recalled ?? [])]) this.abort(each);
  }

  /** To be given to somebody else; whoever had it forgets it, unless it has started. */
  recall(delivery: Delivery): Entry {
    const { entry, member, slot } = delivery;
    delivery.recalled = true;
    entry.recalled = [...(entry.recalled ?? []), delivery];
    member.held.remove(delivery);
    member.link.send({ type: "recall", slot });
    return entry;
  }

  /** From now on its jobs are told apart. */
  uncouple(train: Delivery): void {
    const { entry, member } = train;
    if (entry.job.type !== "train") return;
    this.bySlot.delete(train.slot);
    const single = jobsOf(entry.job).map((job, place) => {
      const each = deliveryOf(entryOf(job, entry.arrivedAt), member, (train.slot + place) >>> 0, 1);
      this.bySlot.set(each.slot, each);
      return each;
    });
    member.held.replace(train, single);
  }

  uncoupleAll({ held }: Member): void {
    for (const delivery of held.toArray()) this.uncouple(delivery);
  }

  forget(delivery: Delivery): void {
    this.bySlot.delete(delivery.slot);
    if (!delivery.recalled) delivery.member.held.remove(delivery);
    const { entry } = delivery;
    if (entry.current === delivery) entry.current = undefined;
    else if (entry.recalled) {
      const others = entry.recalled.filter((each) => each !== delivery);
      entry.recalled = others.length > 0 ? others : undefined;
    }
  }

  /** Its worker has gone. */
  forgetAll(member: Member): void {
    for (const delivery of this.all()) if (delivery.member === member) this.forget(delivery);
  }

  /** A copy. */
  all(): Delivery[] {
    return this.bySlot.values();
  }

  private abort(delivery: Delivery): void {
    delivery.cancelled = true;
    if (delivery.recalled) this.forget(delivery);
    delivery.member.link.send({ type: "abort", slot: delivery.slot });
  }
}

function deliveryOf(entry: Entry, member: Member, slot: number, count: number): Delivery {
  const delivery: Delivery = {
    before: undefined,
    after: undefined,
    slot,
    count,
    entry,
    member,
    recalled: false,
    cancelled: false,
  };
  entry.current = delivery;
  return delivery;
}
