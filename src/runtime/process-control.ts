import { ExitCode, ZpipeError } from "../errors.js";
import type { DeadLetter } from "../plan/child.js";
import type { LoadOrder, LoadReport } from "../plan/load.js";
import { didYouMean } from "../topology/nearest.js";
import type { Fleet } from "./fleet.js";
import type { Member } from "./member.js";
import { isReady, type ScalerPorts } from "./scaler.js";
import { insist } from "./stopping.js";

/** What can be wished of single processes of a run that is up. */
export class ProcessControl {
  readonly #name: string;
  readonly #ports: Omit<ScalerPorts, "happened">;
  #drives = 0;

  /** @param name of the run */
  constructor(name: string, ports: Omit<ScalerPorts, "happened">) {
    this.#name = name;
    this.#ports = ports;
  }

  async restart(node: string): Promise<void> {
    const { fleet, mustRun, until } = this.#ports;
    mustRun();
    const member = hostOf(node, fleet);
    if (member.retiring.has(node)) throw leaving(node);
    const epoch = member.epoch;
    fleet.restart(member);
    // A lone worker takes the time that its jobs need.
    if (member.essential) void insist(fleet, member);
    await until(() => {
      if (fleet.member(member.name) !== member) throw leaving(node);
      return member.epoch > epoch && isReady(member);
    });
  }

  async kill(node: string): Promise<void> {
    const { fleet, mustRun, until } = this.#ports;
    mustRun();
    const member = hostOf(node, fleet);
    const { child } = member;
    child?.signal("SIGKILL");
    await until(() => member.child !== child || child === undefined);
  }

  async resend(letters: readonly DeadLetter[]): Promise<void> {
    const { fleet, mustRun } = this.#ports;
    mustRun();
    const owners = new Set(letters.map(({ owner }) => owner));
    const hosts = [...owners].map((owner) => ({ owner, member: hostOfOwner(owner, fleet) }));
    for (const { owner, member } of hosts) {
      const own = letters.filter((letter) => letter.owner === owner);
      fleet.reopen(owner);
      member.child?.send({ type: "resend", node: owner, letters: own });
    }
  }

  async drive(order: LoadOrder): Promise<LoadReport> {
    const { fleet, mustRun, until } = this.#ports;
    mustRun();
    const owner = fleet.members.find((member) => member.nodes.some(({ kind }) => kind === "server"));
    if (owner === undefined) throw new ZpipeError(`${this.#name} has no server`, { code: "no-server" });
    const id = ++this.#drives;
    const { epoch } = owner;
    owner.child?.send({ type: "drive", id, order });
    await until(() => {
      if (owner.epoch !== epoch || owner.child === undefined) throw serverLost();
      return owner.driven?.id === id;
    });
    const { result } = owner.driven!;
    if ("code" in result) throw new ZpipeError(result.message, result);
    return result;
  }
}

function hostOf(node: string, fleet: Fleet): Member {
  const member = fleet.hostOf(node) ?? fleet.member(node);
  if (member !== undefined) return member;
  const names = fleet.members.flatMap((each) => each.nodes.map((candidate) => candidate.name));
  throw new ZpipeError(`there is no node ${JSON.stringify(node)}`, {
    code: "unknown-node",
    exitCode: ExitCode.usage,
    hints: [didYouMean(node, names) ?? `The nodes are: ${names.join(", ")}.`],
  });
}

function hostOfOwner(owner: string, fleet: Fleet): Member {
  const member = fleet.hostOf(owner);
  if (member?.ownsRequests && member.child !== undefined && member.ready) return member;
  throw new ZpipeError(`${JSON.stringify(owner)} is not there to take its jobs again`, {
    code: "owner-not-ready",
    exitCode: ExitCode.unavailable,
    hints: member === undefined ? ["The topology has changed since they were sent."] : ["Try again in a moment."],
  });
}

/** Its stage is to have fewer workers. */
function leaving(node: string): ZpipeError {
  return new ZpipeError(`${node} is leaving, so it is not started again`, {
    code: "node-leaving",
    exitCode: ExitCode.unavailable,
    hints: ["Its stage has been scaled down: `zpipe ps` shows who stays."],
  });
}

function serverLost(): ZpipeError {
  return new ZpipeError("the server died while it made the load", { code: "server-lost" });
}
