import type { Address, AddressBook } from "../plan/child.js";

/** Where every inbox listens now. */
export class Addresses {
  #book: AddressBook = {};

  get book(): AddressBook {
    return this.#book;
  }

  set(inbox: string, address: Address): void {
    this.#book = { ...this.#book, [inbox]: address };
  }

  /** Enters what a process has bound in its `epoch`-th life; false when it has bound nothing. */
  enter(inboxes: Readonly<Record<string, string>>, epoch: number): boolean {
    const entries = Object.entries(inboxes).map(([name, endpoint]) => [name, { endpoint, epoch }]);
    this.#book = { ...this.#book, ...Object.fromEntries(entries) };
    return entries.length > 0;
  }
}
