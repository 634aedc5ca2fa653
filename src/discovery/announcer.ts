import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { encodeBeacon } from "./beacon.js";
import { broadcastAddresses } from "./broadcast.js";

export interface AnnouncerOptions {
  readonly uuid: string;
  /** TCP port that the beacon tells. */
  readonly port: number;
  /** Where that port listens: an address, an interface, or `*`. */
  readonly host: string;
  /** UDP port to which beacons go. */
  readonly to: number;
  readonly intervalMs: number;
  /** A beacon could not be sent; told once, until one could again. */
  onTrouble(message: string): void;
}

/** Sends a beacon at once and then at every interval, to every network of that moment. */
export class Announcer {
  private readonly socket: Socket = createSocket("udp4");
  private timer: NodeJS.Timeout | undefined;
  private isTroubled = false;

  constructor(private readonly options: AnnouncerOptions) {}

  async start(): Promise<void> {
    this.socket.unref();
    await new Promise<void>((resolve, reject) => {
      this.socket.once("error", reject);
      this.socket.bind(0, resolve);
    });
    this.socket.removeAllListeners("error").on("error", (error) => this.trouble(error.message));
    this.socket.setBroadcast(true);
    const { uuid, port, intervalMs } = this.options;
    const beacon = encodeBeacon({ uuid, port });
    void this.send(beacon);
    this.timer = setInterval(() => void this.send(beacon), intervalMs).unref();
  }

  /** Says goodbye, and resolves when it is said. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.send(encodeBeacon({ uuid: this.options.uuid, port: 0 }));
    this.socket.close();
  }

  private async send(beacon: Buffer): Promise<void> {
    const { host, to } = this.options;
    const addresses = broadcastAddresses(host, networkInterfaces());
    if (addresses.length === 0) return this.trouble("there is no network to send it to");
    const sent = await Promise.all(addresses.map((address) => this.sendTo(address, to, beacon)));
    if (sent.includes(true)) this.isTroubled = false;
  }

  private sendTo(address: string, port: number, beacon: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      this.socket.send(beacon, port, address, (error) => {
        // A network that is down for a while.
        if (error) this.trouble(`${address}: ${error.message}`);
        resolve(!error);
      });
    });
  }

  private trouble(message: string): void {
    if (this.isTroubled) return;
    this.isTroubled = true;
    this.options.onTrouble(message);
  }
}
