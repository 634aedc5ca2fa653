import { Dealer } from "zeromq";
import { answersChannel } from "../../src/protocol/answers.js";
import type { Codec } from "../../src/protocol/codec.js";
import { jobsChannel } from "../../src/protocol/jobs.js";
import type { FromWorker, ToOwner, ToProxy, ToWorker, Work } from "../../src/protocol/messages.js";
import { PackReader, PackWriter } from "../../src/protocol/pack.js";
import { workersChannel } from "../../src/protocol/workers.js";
import type { Address } from "./sockets.js";

/** One frame, as the protocol wants it. */
export const pack = {
  fromWorker: (...messages: FromWorker[]) => packed(workersChannel.up, messages),
  toProxy: (...messages: ToProxy[]) => packed(jobsChannel.up, messages),
  toOwner: (...messages: ToOwner[]) => packed(answersChannel.up, messages),
  toWorker: (...messages: ToWorker[]) => packed(workersChannel.down, messages),
};

function packed<M>(codec: Codec<M>, messages: readonly M[]): Buffer {
  const writer = new PackWriter();
  for (const message of messages) codec.write(writer, message);
  return Buffer.from(writer.take());
}

/** Anybody who has found a socket and speaks ZeroMQ. */
export class Stranger {
  readonly #socket = new Dealer({ linger: 10_000, sendHighWaterMark: 0 });

  constructor({ endpoint }: Pick<Address, "endpoint">) {
    this.#socket.connect(endpoint);
  }

  async send(frames: Buffer | readonly Buffer[]): Promise<void> {
    await this.#socket.send(frames as Buffer | Buffer[]);
  }

  close(): void {
    this.#socket.close();
  }
}

/** A worker that was written by somebody else: says what it is told to, when it is told to. */
export class ForeignWorker {
  readonly welcomed: Promise<string>;
  readonly works: Work[] = [];
  readonly #socket = new Dealer({ linger: 0 });
  readonly #onWork: (work: Work, worker: ForeignWorker) => void;

  /** @param onWork for every job that it is given */
  constructor(
    { endpoint }: Pick<Address, "endpoint">,
    stage: number,
    credits: number,
    onWork: (work: Work, worker: ForeignWorker) => void = () => {},
  ) {
    this.#onWork = onWork;
    this.#socket.connect(endpoint);
    this.welcomed = new Promise((resolve) => void this.#read(resolve));
    this.say({ type: "hello", stage, name: "foreign", credits });
  }

  say(...messages: FromWorker[]): void {
    this.#socket.send(pack.fromWorker(...messages)).catch(() => {});
  }

  close(): void {
    this.#socket.close();
  }

  async #read(welcome: (stage: string) => void): Promise<void> {
    try {
      for await (const [frame] of this.#socket) {
        const reader = new PackReader(frame!);
        while (reader.next()) {
          const message = workersChannel.down.read(reader);
          if (message.type === "welcome") welcome(message.stage);
          if (message.type !== "work") continue;
          this.works.push(message);
          this.#onWork(message, this);
        }
      }
    } catch {
      // It was closed.
    }
  }
}

/** The socket at which the workers of a stage say hello: the one that welcomes a worker who wants nothing. */
export async function workersSocketOf(stage: number, addresses: readonly Address[]): Promise<Address> {
  const workers = addresses.map((address) => new ForeignWorker(address, stage, 0));
  const [address] = await Promise.race([
    ...workers.map(async (worker, i) => [addresses[i]!, await worker.welcomed] as const),
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error("nobody welcomes a worker")), 5000).unref()),
  ]).finally(() => {
    for (const worker of workers) worker.close();
  });
  return address;
}
