import { setTimeout } from "node:timers/promises";
import type { NodeSnapshot } from "../../src/metrics/snapshot.js";
import { Random } from "../helpers/random.js";
import { kill, type Zpipe } from "../helpers/zpipe.js";

/** A server that comes back is not there at once for all who wait at its port. */
const AFTERMATH_MS = 500;
const BROKEN_OFF: readonly string[] = ["ECONNRESET", "ECONNREFUSED", "503"];

/** Kills, stops, resumes and scales, the same for the same seed as far as processes are the same. */
export class Storm {
  serverDeaths = 0;
  readonly #zpipe: Zpipe;
  readonly #random: Random;
  readonly #counts: Record<string, number> = {};
  readonly #kinds: readonly NodeSnapshot["kind"][];
  /** When there was no server. */
  readonly #outages: { readonly from: number; to: number }[] = [];
  readonly #stopped = new Map<number, Promise<void>>();

  constructor(zpipe: Zpipe, seed: number, serverToo: boolean) {
    this.#zpipe = zpipe;
    this.#random = new Random(seed);
    // Most processes are workers.
    this.#kinds = ["worker", "worker", "worker", "proxy", "proxy", ...(serverToo ? (["server"] as const) : [])];
  }

  /** Resolves when it is over, and all that was stopped goes on. */
  async rage(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await setTimeout(this.#random.int(1500));
      const what = this.#random.int(10);
      if (what < 4) await this.#kill();
      else if (what < 8) await this.#stop();
      else await this.#scale();
    }
    await Promise.all(this.#stopped.values());
  }

  /** Whoever waited while there was no server may have been broken off, but for nothing else. */
  excuses(outcome: string, from: number, to: number): boolean {
    return BROKEN_OFF.includes(outcome) && this.#outages.some((outage) => from < outage.to && to > outage.from);
  }

  summary(): object {
    return { storm: this.#counts };
  }

  async #kill(): Promise<void> {
    const node = await this.#victim();
    if (node === undefined) return;
    const { nodes } = await this.#zpipe.ps();
    const isServer = nodes.some(({ kind, pid }) => kind === "server" && pid === node.pid);
    this.#count(`${isServer ? "server" : node.kind} killed`);
    if (isServer) await this.#killServer(node.pid!);
    else kill(node.pid!);
  }

  async #killServer(pid: number): Promise<void> {
    const outage = { from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.#outages.push(outage);
    this.serverDeaths++;
    kill(pid);
    await this.#zpipe.looks("the server is back", ({ nodes }) =>
      nodes.some((node) => node.kind === "server" && node.pid !== pid && node.state === "running"),
    );
    outage.to = performance.now() + AFTERMATH_MS;
  }

  async #stop(): Promise<void> {
    const node = await this.#victim();
    if (node === undefined) return;
    // Shorter and longer than links are kept that are not heard of.
    const ms = this.#random.int(2) === 0 ? 200 + this.#random.int(1500) : 4500 + this.#random.int(2000);
    this.#count(`${node.kind} stopped`);
    const pid = node.pid!;
    process.kill(pid, "SIGSTOP");
    const resumed = setTimeout(ms).then(() => {
      this.#stopped.delete(pid);
      try {
        process.kill(pid, "SIGCONT");
      } catch {
        // It was killed meanwhile.
      }
    });
    this.#stopped.set(pid, resumed);
  }

  async #scale(): Promise<void> {
    const { stages } = await this.#zpipe.ps();
    const stage = this.#random.pick(stages).name;
    const count = String(1 + this.#random.int(4));
    this.#count("scaled");
    // A worker that is stopped is not waited for: it leaves when it goes on.
    void this.#zpipe.scale(stage, count);
  }

  async #victim(): Promise<NodeSnapshot | undefined> {
    const { nodes } = await this.#zpipe.ps();
    const kind = this.#random.pick(this.#kinds);
    const able = nodes.filter(
      (node) => node.kind === kind && node.state === "running" && !this.#stopped.has(node.pid!),
    );
    return able.length > 0 ? this.#random.pick(able) : undefined;
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }
}
