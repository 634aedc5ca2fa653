import { type Context, reply } from "zpipe";
import { signOf } from "./sibling.js";

export default ({ n }: { n: number | bigint }, { stage, worker, topology, attempt, hops }: Context) =>
  reply({ sign: signOf(n), next: BigInt(n) + 1n, stage, worker, topology, attempt, hops });
