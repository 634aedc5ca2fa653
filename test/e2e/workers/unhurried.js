import { setTimeout } from "node:timers/promises";

/** Takes its time, so that others get their share. */
export default async ({ n }) => {
  await setTimeout(5);
  return { square: n * n };
};
