/** An item of a hand: it carries its own links, so that putting it in and taking it out allocates nothing. */
interface Linked<T> {
  before: T | undefined;
  after: T | undefined;
  /** Jobs. */
  count: number;
}

/** What one worker has in hand, in the order in which it was given. An item is in one hand at most. */
export class Hand<T extends Linked<T>> {
  first: T | undefined;
  private last: T | undefined;
  private count = 0;

  /** Jobs in hand. */
  get size(): number {
    return this.count;
  }

  add(item: T): void {
    item.before = this.last;
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
    this.count += item.count;
  }

  /** The item must be in this hand. */
  remove(item: T): void {
    const { before, after } = item;
    if (before) before.after = after;
    else this.first = after;
    if (after) after.before = before;
    else this.last = before;
    item.before = undefined;
    item.after = undefined;
    this.count -= item.count;
  }

  /** So many of its jobs are not in hand any more, but some are. */
  shorten(item: T, jobs: number): void {
    item.count -= jobs;
    this.count -= jobs;
  }

  /** Puts others in the place of an item. */
  replace(item: T, others: readonly T[]): void {
    let place = item.after;
    this.remove(item);
    for (let i = others.length - 1; i >= 0; i--) {
      this.insertBefore(place, others[i]!);
      place = others[i];
    }
  }

  toArray(): T[] {
    const items: T[] = [];
    for (let item = this.first; item; item = item.after) items.push(item);
    return items;
  }

  private insertBefore(place: T | undefined, item: T): void {
    if (!place) {
      this.add(item);
      return;
    }
    item.before = place.before;
    item.after = place;
    if (place.before) place.before.after = item;
    else this.first = item;
    place.before = item;
    this.count += item.count;
  }
}
