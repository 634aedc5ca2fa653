import type { Train } from "../../src/protocol/messages.js";
import { PayloadsWriter } from "../../src/protocol/payloads.js";
import { makeJob } from "./jobs.js";

/** So many jobs from a number on, with nothing special about them; the payload of each is its number. */
export function makeTrain(seq: number, count: number, fields: Partial<Train> = {}): Train {
  const { payload, partHigh, partLow, group, trace, ...head } = makeJob({ seq });
  const writer = new PayloadsWriter();
  for (let place = 0; place < count; place++) writer.add(String(seq + place));
  return { ...head, type: "train", payloads: writer.take(), ...fields };
}

/** For a pool that gets none. */
export const NO_TRAINS = {
  trainDone: () => {
    throw new Error("no train was given");
  },
  partlyUnwanted: () => false,
};
