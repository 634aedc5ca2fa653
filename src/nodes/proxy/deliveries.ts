import type { Train } from "../../protocol/messages.js";
import { jobsOf, sizeOf, splitTrain } from "../load.js";
import { NumberMap } from "../number-map.js";
import { type Delivery, type Entry, entryOf, type Member } from "./custody.js";

/** Which worker has which job in hand, by the slots under which they were given. */
export class Deliveries {
  /** A train by the slot of its first job. */
  private readonly bySlot = new NumberMap<Delivery>();
  /** Starts anywhere: what a worker says of the slots of a former life of this proxy must not meet those of this one. */
  private nextSlot = Math.floor(Math.random() * 2 ** 32);

  give(entry: Entry, member: Member): Delivery {
    const count = sizeOf(entry.job);
    const delivery = deliveryOf(entry, member, this.nextSlot, count);
    this.nextSlot = (delivery.slot + count) >>> 0;
    this.bySlot.set(delivery.slot, delivery);
    member.held.add(delivery);
    return delivery;
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

  /** A copy. */
  all(): Delivery[] {
    return this.bySlot.values();
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
