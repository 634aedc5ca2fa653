import type { OwnerPlan } from "../../plan/types.js";
import { jobsChannel } from "../../protocol/jobs.js";
import type { ToProxy } from "../../protocol/messages.js";
import type { Network } from "../../transport/network.js";
import { afterTheFirst } from "../../transport/reconnect.js";
import type { Connection } from "../../transport/types.js";
import type { Ways } from "./ledger.js";

/** An owner's links to every proxy. */
export class OwnerLinks implements Ways {
  readonly proxies: Connection<ToProxy>[] = [];
  private readonly ofStage: Connection<ToProxy>[] = [];

  /** @param onLoss a proxy was started again or the link was cut, and with it went jobs that only the owner still has */
  connect({ proxies }: OwnerPlan, network: Network, onLoss: () => void): void {
    for (const { jobs, stages } of proxies) {
      const link = network.connect(jobs, jobsChannel, { onMessage: () => {}, onConnect: afterTheFirst(onLoss) });
      this.proxies.push(link);
      for (const stage of stages) this.ofStage[stage] = link;
    }
  }

  proxyOf(stage: number): Connection<ToProxy> {
    return this.ofStage[stage]!;
  }

  close(): void {
    for (const link of this.proxies) link.close();
  }
}
