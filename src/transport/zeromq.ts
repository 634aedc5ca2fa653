import { Dealer, Router } from "zeromq";
import type { CurveClient } from "../plan/child.js";
import type { Channel, Codec } from "../protocol/codec.js";
import { PackReader, PackWriter, ProtocolError } from "../protocol/pack.js";
import { curveClientOptions, curveServerOptions } from "./curve.js";
import type { Connection, ConnectionHandler, CurveServer, Inbox, InboxHandler, Link, Medium } from "./types.js";

/**
 * Links between processes: ROUTER binds, DEALER connects, one frame is one batch. There are no high-water marks, since
 * credits and admission bound what is under way; a full pipe would only hide jobs from the queues that are counted.
 */
export const zeromqMedium: Medium = {
  async bind(endpoint, channel, handler, curve) {
    const inbox = new RouterInbox(channel, handler, curve);
    await inbox.bind(endpoint);
    return inbox;
  },
  connect(endpoint, channel, handler, curve) {
    return new DealerConnection(endpoint, channel, handler, curve);
  },
};

/** Heartbeats run on libzmq's own thread: they find a cut network or a stopped process, and never mistake a busy one. */
const SOCKET_OPTIONS = {
  linger: 0,
  sendHighWaterMark: 0,
  receiveHighWaterMark: 0,
  heartbeatInterval: 1000,
  heartbeatTimeout: 4000,
};

/** ZMQ_ROUTER_NOTIFY with NOTIFY_DISCONNECT: an empty message when a peer has gone. */
class NotifyingRouter extends Router {
  constructor(curve: CurveServer | undefined) {
    super({ ...SOCKET_OPTIONS, ...curveServerOptions(curve) });
    this.setInt32Option(97, 2);
  }
}

class RouterInbox<Up, Down> implements Inbox {
  readonly socket: NotifyingRouter;
  readonly channel: Channel<Up, Down>;
  endpoint = "";
  private readonly peers = new Map<string, RouterPeer<Up, Down>>();
  private readonly handler: InboxHandler<Up, Down>;
  private dirty: RouterPeer<Up, Down>[] = [];
  private flushing = false;
  private closed = false;

  constructor(channel: Channel<Up, Down>, handler: InboxHandler<Up, Down>, curve: CurveServer | undefined) {
    this.socket = new NotifyingRouter(curve);
    this.channel = channel;
    this.handler = handler;
  }

  async bind(endpoint: string): Promise<void> {
    await this.socket.bind(endpoint);
    this.endpoint = this.socket.lastEndpoint ?? endpoint;
    void this.receive();
  }

  close(): void {
    this.closed = true;
    this.socket.close();
  }

  /** A peer has something to send. */
  mark(peer: RouterPeer<Up, Down>): void {
    this.dirty.push(peer);
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    try {
      // Peers that are marked while a send is under way join the end of the same list.
      for (let i = 0; i < this.dirty.length; i++) await this.socket.send(this.dirty[i]!.take());
    } catch (error) {
      if (!this.closed) throw error;
    }
    this.dirty = [];
    this.flushing = false;
  }

  private async receive(): Promise<void> {
    try {
      // Not by the socket's iterator, which costs two more promises a message. Closing it ends the wait by an error.
      for (;;) {
        const [id, ...frames] = await this.socket.receive();
        this.dispatch(id!, frames);
      }
    } catch (error) {
      // Ours, not the peer's: better a process that is started again than one that is deaf.
      if (!this.closed) throw error;
    }
  }

  private dispatch(id: Buffer, frames: readonly Buffer[]): void {
    const key = id.toString("latin1");
    const known = this.peers.get(key);
    const frame = frames[0]!;
    if (frame.length === 0 && frames.length === 1) {
      // A peer that sends this itself has gone, too: what it says next, it says as somebody new.
      if (known) this.handler.onGone(known);
      this.peers.delete(key);
      return;
    }
    const peer = known ?? new RouterPeer(this, id);
    if (!known) this.peers.set(key, peer);
    try {
      if (frames.length > 1) throw new ProtocolError(`a message of ${frames.length} frames`);
      readBatch(frame, this.channel.up, (message) => this.handler.onMessage(peer, message));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.handler.onError(error);
    }
  }
}

class RouterPeer<Up, Down> implements Link<Down> {
  private readonly writer = new PackWriter();
  private readonly inbox: RouterInbox<Up, Down>;
  private readonly id: Buffer;

  constructor(inbox: RouterInbox<Up, Down>, id: Buffer) {
    this.inbox = inbox;
    this.id = id;
  }

  send(message: Down): void {
    if (this.writer.empty) this.inbox.mark(this);
    this.inbox.channel.down.write(this.writer, message);
  }

  take(): [Buffer, Buffer] {
    return [this.id, this.writer.take()];
  }
}

class DealerConnection<Up, Down> implements Connection<Up> {
  private readonly socket: Dealer;
  private readonly writer = new PackWriter();
  private readonly codec: Codec<Up>;
  private scheduled = false;
  private sending = false;

  constructor(
    endpoint: string,
    channel: Channel<Up, Down>,
    handler: ConnectionHandler<Down>,
    curve: CurveClient | undefined,
  ) {
    this.codec = channel.up;
    const again = { reconnectInterval: 20, reconnectMaxInterval: 1000 };
    this.socket = new Dealer({ ...SOCKET_OPTIONS, ...again, ...curveClientOptions(curve) });
    this.socket.events.on("handshake", () => handler.onConnect());
    if (handler.onDown) {
      this.socket.events.on("disconnect", () => handler.onDown!("lost"));
      this.socket.events.on("handshake:error:auth", () => handler.onDown!("refused"));
    }
    this.socket.connect(endpoint);
    void this.receive(channel.down, handler);
  }

  send(message: Up): void {
    this.codec.write(this.writer, message);
    if (this.scheduled || this.sending) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  flush(): void {
    if (!this.sending && !this.writer.empty) void this.transmit();
  }

  close(): void {
    this.socket.close();
  }

  private async transmit(): Promise<void> {
    this.sending = true;
    try {
      while (!this.writer.empty && !this.socket.closed) await this.socket.send(this.writer.take());
    } catch (error) {
      if (!this.socket.closed) throw error;
    }
    this.sending = false;
  }

  private async receive(codec: Codec<Down>, handler: ConnectionHandler<Down>): Promise<void> {
    try {
      const deliver = (message: Down) => handler.onMessage(message);
      for (;;) {
        const [frame] = await this.socket.receive();
        readBatch(frame!, codec, deliver);
      }
    } catch (error) {
      if (this.socket.closed) return;
      // The far end is a proxy or owner of this run: what it says wrong is a bug, and must not go unseen.
      if (!handler.onError) throw error;
      handler.onError(error as Error);
    }
  }
}

/** Hands on each message as soon as it is read: those before a bad record count. @throws ProtocolError */
function readBatch<M>(frame: Buffer, codec: Codec<M>, deliver: (message: M) => void): void {
  const reader = new PackReader(frame);
  while (reader.next()) deliver(codec.read(reader));
}
