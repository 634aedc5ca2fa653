import { expect, it } from "vitest";
import { eachWork, type TrainWork } from "../../../src/nodes/worker/train-work.js";
import type { Works } from "../../../src/protocol/messages.js";
import { PayloadKind } from "../../../src/protocol/payload.js";
import { PayloadsWriter } from "../../../src/protocol/payloads.js";

it.each([
  [PayloadKind.json, ["1", "22"]],
  [PayloadKind.bytes, [Buffer.from("1"), Buffer.from("22")]],
])("jobs of a train of kind %i count up from its first, and have their own payloads", (kind, expected) => {
  const writer = new PayloadsWriter();
  writer.add("1");
  writer.add("22");
  const payloads = writer.take();
  const last = 2 ** 32 - 1;
  const train: Works = {
    type: "works",
    slot: last,
    session: 3,
    seq: last,
    kind,
    attempt: 2,
    hops: 4,
    deadline: 5,
    payloads,
  };
  const works: TrainWork[] = [];
  eachWork(train, (work) => works.push(work));
  expect(works.map(({ slot, seq }) => [slot, seq])).toEqual([
    [last, last],
    [0, 0],
  ]);
  expect(works.map(({ payload }) => payload)).toEqual(expected);
  const { type, session, attempt, hops, deadline, trace } = works[1]!;
  expect([works[1]!.kind, type, session, attempt, hops, deadline, trace]).toEqual([kind, "work", 3, 2, 4, 5, ""]);
});
