import type { Address, AddressBook } from "../plan/child.js";
import type { InboxPlan } from "../plan/types.js";
import type { Channel } from "../protocol/codec.js";
import { MemoryMedium } from "./memory.js";
import type { Connection, ConnectionHandler, Inbox, InboxHandler } from "./types.js";
import { zeromqMedium } from "./zeromq.js";

/**
 * All links of one process. Inboxes are called by name: one that this process has bound is reached in memory, any other
 * at the address that the book gives for it, and again at its new address after its process was restarted.
 */
export class Network {
  private readonly memory = new MemoryMedium();
  private readonly remotes = new Map<string, Set<Remote>>();
  private book: AddressBook = {};

  /** @param endpointFor where a non-memory inbox is to listen */
  constructor(private readonly endpointFor: (inbox: InboxPlan) => string) {}

  bind<Up, Down>(inbox: InboxPlan, channel: Channel<Up, Down>, handler: InboxHandler<Up, Down>): Promise<Inbox> {
    if (inbox.medium === "memory") return this.memory.bind(inbox.name, channel, handler);
    return zeromqMedium.bind(this.endpointFor(inbox), channel, handler);
  }

  connect<Up, Down>(name: string, channel: Channel<Up, Down>, handler: ConnectionHandler<Down>): Connection<Up> {
    if (this.memory.has(name)) return this.memory.connect(name, channel, handler);
    const connection = new RemoteConnection(channel, handler, () => this.remotes.get(name)?.delete(connection));
    const remotes = this.remotes.get(name) ?? new Set();
    this.remotes.set(name, remotes.add(connection));
    connection.moveTo(this.book[name]);
    return connection;
  }

  setBook(book: AddressBook): void {
    this.book = book;
    for (const [name, remotes] of this.remotes) {
      for (const remote of remotes) remote.moveTo(book[name]);
    }
  }
}

interface Remote {
  moveTo(address: Address | undefined): void;
}

/** Follows its inbox from address to address. What is sent while there is none is lost, as it would be on the way. */
class RemoteConnection<Up, Down> implements Connection<Up>, Remote {
  private endpoint: string | undefined;
  private current: Connection<Up> | undefined;

  constructor(
    private readonly channel: Channel<Up, Down>,
    private readonly handler: ConnectionHandler<Down>,
    private readonly onClose: () => void,
  ) {}

  moveTo(address: Address | undefined): void {
    if (address?.endpoint === this.endpoint) return;
    this.endpoint = address?.endpoint;
    this.current?.close();
    this.current = address && zeromqMedium.connect(address.endpoint, this.channel, this.handler, address.curve);
  }

  send(message: Up): void {
    this.current?.send(message);
  }

  flush(): void {
    this.current?.flush();
  }

  close(): void {
    this.onClose();
    this.moveTo(undefined);
  }
}
