/**
 * Makes ids for scatters, unique in the run: the number of the node that makes them and a 32-bit counter, exact in a
 * double. The counter starts anywhere: the ids of a restarted node must not meet those of its former life.
 */
export class GroupIds {
  private counter = Math.floor(Math.random() * 2 ** 32);

  constructor(private readonly node: number) {}

  next(): number {
    this.counter = (this.counter + 1) >>> 0;
    return this.node * 2 ** 32 + this.counter;
  }
}
