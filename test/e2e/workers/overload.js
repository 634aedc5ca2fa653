import { setTimeout } from "node:timers/promises";
import { reply, to } from "zpipe";

/** Three rounds of the cycle, at 33 ms a stage. */
export default async ({ n, round = 1 }, { stage }) => {
  await setTimeout(33);
  if (stage === "there") return { n, round };
  return round < 3 ? to("there", { n, round: round + 1 }) : reply({ n, round });
};
