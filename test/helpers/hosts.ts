import { spawnSync } from "node:child_process";

/** How a test finds out that it cannot make hosts of its own here: network namespaces are for root, and need iproute2. */
export function noHosts(): string | undefined {
  const probe = `zpt${process.pid}x`;
  const { error, status, stderr } = ip("netns", "add", probe);
  if (error !== undefined) return `ip of iproute2 is not here (${error.message})`;
  if (status !== 0) return `network namespaces cannot be made here (${stderr.trim()})`;
  ip("netns", "del", probe);
  return undefined;
}

/** Two hosts on one network, 10.77.0.1 and 10.77.0.2, that nobody else can reach: namespaces joined by a cable. */
export class TwoHosts {
  /** What a command line begins with to run there. */
  readonly near: readonly string[];
  readonly far: readonly string[];
  readonly #names = ["a", "b"].map((letter) => `zpt${process.pid}${letter}`);

  constructor() {
    const [a, b] = this.#names as [string, string];
    for (const name of this.#names) must("netns", "add", name);
    must("-n", a, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", b);
    for (const [i, name] of this.#names.entries()) {
      must("-n", name, "addr", "add", `10.77.0.${i + 1}/24`, "brd", "+", "dev", "cable");
      must("-n", name, "link", "set", "lo", "up");
      must("-n", name, "link", "set", "cable", "up");
    }
    this.near = ["ip", "netns", "exec", a];
    this.far = ["ip", "netns", "exec", b];
  }

  cut(): void {
    must("-n", this.#names[0]!, "link", "set", "cable", "down");
  }

  heal(): void {
    must("-n", this.#names[0]!, "link", "set", "cable", "up");
  }

  close(): void {
    for (const name of this.#names) ip("netns", "del", name);
  }
}

function must(...args: readonly string[]): void {
  const { status, stderr } = ip(...args);
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}

function ip(...args: readonly string[]) {
  return spawnSync("ip", args, { encoding: "utf8" });
}
