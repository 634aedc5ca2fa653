/** A scatter's id, unique in the run: the number of the node that made it and a 32-bit counter, exact in a double. */
export function groupId(node: number, counter: number): number {
  return node * 2 ** 32 + (counter >>> 0);
}
