import type { Guest } from "../../plan/child.js";
import type { OpenStage } from "../../plan/types.js";
import type { Advertise, FromWorker, Hello, ToWorker } from "../../protocol/messages.js";
import { workersChannel } from "../../protocol/workers.js";
import type { Network } from "../../transport/network.js";
import type { Connection, Link } from "../../transport/types.js";
import { advertised } from "../advertised.js";

/**
 * One worker of another host and the link that stands for it at its proxy, which sees a worker like any other: it hears
 * what that one says, and learns of its death by the end of this link.
 */
export class Relay {
  private readonly connection: Connection<FromWorker>;
  private credits: number;
  private advertises: Advertise | undefined;
  private leaving = false;
  private welcomedAt: number | undefined;

  constructor(
    private readonly hello: Hello,
    private readonly stage: OpenStage,
    private readonly guest: Link<ToWorker>,
    network: Network,
    onWelcome: () => void,
  ) {
    this.credits = hello.credits;
    this.connection = network.connect(stage.inbox, workersChannel, {
      onConnect: () => this.introduce(),
      onMessage: (message) => {
        if (message.type === "welcome" && this.welcomedAt === undefined) {
          this.welcomedAt = performance.now();
          onWelcome();
        }
        guest.send(message);
      },
    });
  }

  receive(message: Exclude<FromWorker, Hello>): void {
    if (message.type === "leave") this.leaving = true;
    else if (message.type === "advertise") this.advertises = message;
    else this.credits = message.credits;
    this.connection.send(message);
  }

  /** Undefined before its proxy has taken it in. */
  describe(): Guest | undefined {
    if (this.welcomedAt === undefined) return undefined;
    const { name } = this.hello;
    return {
      name,
      stage: this.stage.name,
      uptimeMs: Math.round(performance.now() - this.welcomedAt),
      advertises: advertised(this.advertises),
    };
  }

  close(): void {
    this.connection.close();
  }

  /** To a proxy that may be a new one: its Welcome tells the worker to forget all that came from the old. */
  private introduce(): void {
    if (this.leaving) this.guest.send({ type: "bye" });
    else this.connection.send({ ...this.hello, credits: this.credits });
  }
}
