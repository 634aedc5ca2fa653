import type { Channel } from "../protocol/codec.js";
import type { Connection, ConnectionHandler, Inbox, InboxHandler, Link, Medium } from "./types.js";

/** Messages delivered in one turn before sockets and timers get theirs: a cycle in one process must not starve them. */
const TURN = 512;

/**
 * Links between nodes of one process. Messages are passed as they are, never copied or encoded: both ends treat them as
 * immutable. Delivery is asynchronous and in order, as over a socket, so no node is ever called from inside its own call.
 */
export class MemoryMedium implements Medium {
  private readonly inboxes = new Map<string, MemoryInbox>();
  private readonly deliveries = new DeliveryQueue();

  bind<Up, Down>(endpoint: string, _: Channel<Up, Down>, handler: InboxHandler<Up, Down>): Promise<Inbox> {
    if (this.inboxes.has(endpoint)) return Promise.reject(new Error(`inbox ${endpoint} is taken`));
    const inbox: MemoryInbox = { handler: handler as InboxHandler<unknown, unknown>, peers: new Set() };
    this.inboxes.set(endpoint, inbox);
    return Promise.resolve({
      endpoint: undefined,
      close: () => {
        this.inboxes.delete(endpoint);
        inbox.peers.clear();
      },
    });
  }

  has(endpoint: string): boolean {
    return this.inboxes.has(endpoint);
  }

  connect<Up, Down>(endpoint: string, _: Channel<Up, Down>, handler: ConnectionHandler<Down>): Connection<Up> {
    const inbox = this.inboxes.get(endpoint);
    if (!inbox) throw new Error(`no inbox ${endpoint} in this process`);
    const { deliveries } = this;
    let open = true;
    const toConnection = (message: unknown) => {
      if (open) handler.onMessage(message as Down);
    };
    const peer: Link<unknown> = { send: (message) => deliveries.push(toConnection, message) };
    const toInbox = (message: unknown) => {
      if (inbox.peers.has(peer)) inbox.handler.onMessage(peer, message);
    };
    const connected = () => {
      if (open) handler.onConnect();
    };
    const closed = () => {
      if (inbox.peers.delete(peer)) inbox.handler.onGone(peer);
    };
    inbox.peers.add(peer);
    deliveries.push(connected, undefined);
    return {
      send: (message) => deliveries.push(toInbox, message),
      flush: () => {},
      close: () => {
        if (!open) return;
        open = false;
        // Behind what was sent before, as a closing socket would be seen.
        deliveries.push(closed, undefined);
      },
    };
  }
}

interface MemoryInbox {
  readonly handler: InboxHandler<unknown, unknown>;
  readonly peers: Set<Link<unknown>>;
}

type Receiver = (message: unknown) => void;

class DeliveryQueue {
  /** Receiver and message in turn, in an array that is used again: a message costs no object of its own. */
  private readonly queue: unknown[] = [];
  private head = 0;
  private tail = 0;
  private scheduled = false;

  push(receiver: Receiver, message: unknown): void {
    this.queue[this.tail] = receiver;
    this.queue[this.tail + 1] = message;
    this.tail += 2;
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(this.drain);
  }

  private readonly drain = (): void => {
    const { queue } = this;
    const end = this.head + 2 * TURN;
    while (this.head < this.tail && this.head < end) {
      const receiver = queue[this.head] as Receiver;
      const message = queue[this.head + 1];
      queue[this.head + 1] = undefined;
      this.head += 2;
      receiver(message);
    }
    if (this.head < this.tail) {
      queue.copyWithin(0, this.head, this.tail);
      this.tail -= this.head;
      this.head = 0;
      setImmediate(this.drain);
      return;
    }
    if (queue.length > 4 * TURN) queue.length = 4 * TURN;
    this.head = 0;
    this.tail = 0;
    this.scheduled = false;
  };
}
