import type { Address, AddressBook } from "../plan/child.js";
import type { Member } from "./member.js";

/** Where every inbox listens now: kept, and told to all that have bound their own. */
export class Addresses {
  readonly #members: () => readonly Member[];
  #book: AddressBook = {};
  /** Before everything has bound for the first time, a book would be of no use. */
  #isOpen = false;

  constructor(members: () => readonly Member[]) {
    this.#members = members;
  }

  /** Where an inbox listens that is of none of the members. */
  know(inbox: string, address: Address): void {
    this.#book = { ...this.#book, [inbox]: address };
    if (this.#isOpen) this.#tell(({ bound }) => bound);
  }

  /** Enters what a member has bound in its present life. */
  bound(member: Member, inboxes: Readonly<Record<string, string>>): void {
    const { epoch } = member;
    const entries = Object.entries(inboxes).map(([name, endpoint]) => [name, { endpoint, epoch }]);
    this.#book = { ...this.#book, ...Object.fromEntries(entries) };
    const isNews = entries.length > 0;
    if (this.#isOpen) {
      this.#tell((other) => other === member || (isNews && other.bound));
    } else if (this.#members().every((other) => other.bound)) {
      this.#isOpen = true;
      this.#tell(() => true);
    }
  }

  #tell(to: (member: Member) => boolean): void {
    for (const member of this.#members()) if (to(member)) member.child?.send({ type: "book", book: this.#book });
  }
}
