/** An item of a hand: it carries its own links, so that putting it in and taking it out allocates nothing. */
interface Linked<T> {
  before: T | undefined;
  after: T | undefined;
}

/** What one worker has in hand, in the order in which it was given. An item is in one hand at most. */
export class Hand<T extends Linked<T>> {
  first: T | undefined;
  private last: T | undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(item: T): void {
    item.before = this.last;
    if (this.last) this.last.after = item;
    else this.first = item;
    this.last = item;
    this.count++;
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
    this.count--;
  }

  toArray(): T[] {
    const items: T[] = [];
    for (let item = this.first; item; item = item.after) items.push(item);
    return items;
  }
}
