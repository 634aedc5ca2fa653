// NATS JetStream: two work queues in memory, of jobs and of results. What is not acknowledged is given out again.
import { AckPolicy, connect, RetentionPolicy, StorageType } from "nats";

/** More than are ever under way, and than a client asks for at a time. */
const MOST = 5000;

/** Connects, and makes the queue of that name if there is none. */
export async function open(server, name) {
  const nats = await connect({ servers: server, waitOnFirstConnect: true, reconnectTimeWait: 50 });
  const manager = await nats.jetstreamManager();
  const settings = { name, subjects: [name], retention: RetentionPolicy.Workqueue, storage: StorageType.Memory };
  await manager.streams.add(settings);
  return { nats, manager, jetstream: nats.jetstream() };
}

/** Takes from the queue of that name, and calls for each message. */
export async function take({ manager, jetstream }, name, onMessage) {
  const consumer = { durable_name: "takers", ack_policy: AckPolicy.Explicit, max_ack_pending: MOST };
  await manager.consumers.add(name, consumer);
  const consumers = await jetstream.consumers.get(name, consumer.durable_name);
  await consumers.consume({ max_messages: MOST, callback: onMessage });
}
