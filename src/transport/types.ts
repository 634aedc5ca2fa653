import type { CurveClient } from "../plan/child.js";
import type { Channel } from "../protocol/codec.js";

/** One direction to one other node. Messages arrive in the order they were sent, each once, or not at all after a loss. */
export interface Link<M> {
  /** Never blocks and never throws: what a turn of the event loop sends leaves together at its end. */
  send(message: M): void;
}

/** The end that connects. */
export interface Connection<M> extends Link<M> {
  /** Sends what is waiting now instead of at the end of the turn. */
  flush(): void;
  close(): void;
}

export interface ConnectionHandler<M> {
  onMessage(message: M): void;
  /** The link is up, for the first time or again; what was sent before may be lost, and the far end may be a new one. */
  onConnect(): void;
  /** The link is down, or did not come up; it is tried again. "refused": the far end does not know our key. */
  onDown?(why: "lost" | "refused"): void;
  /** The far end sent what the protocol does not allow. Without it, that is a bug of this run, and ends the process. */
  onError?(error: Error): void;
}

/** The end that many connect to. */
export interface Inbox {
  /** Where others connect; undefined when only this process can. */
  readonly endpoint: string | undefined;
  close(): void;
}

export interface InboxHandler<In, Out> {
  /** `peer` is one object for as long as that peer is connected. */
  onMessage(peer: Link<Out>, message: In): void;
  /** The peer has gone: died, closed or cut off. Nothing sent to it since is sure to have arrived. */
  onGone(peer: Link<Out>): void;
  /** A peer sent what the protocol does not allow; its batch was dropped from that record on. */
  onError(error: Error): void;
}

/** A way to make links: in memory, or over ZeroMQ. Both pass the same tests. */
export interface Medium {
  bind<Up, Down>(
    endpoint: string,
    channel: Channel<Up, Down>,
    handler: InboxHandler<Up, Down>,
    curve?: CurveServer,
  ): Promise<Inbox>;
  connect<Up, Down>(
    endpoint: string,
    channel: Channel<Up, Down>,
    handler: ConnectionHandler<Down>,
    curve?: CurveClient,
  ): Connection<Up>;
}

/** For an inbox at which only those whose keys are accepted may speak, over an encrypted link (RFC 26, CurveZMQ). */
export interface CurveServer {
  /** In Z85. */
  readonly secretKey: string;
  /** Names the `guard` that decides; without one, nobody is let in. */
  readonly domain: string;
}
