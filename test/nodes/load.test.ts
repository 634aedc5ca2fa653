import { expect, it } from "vitest";
import { acksApart, jobsOf, placeIn, sizeOf, splitTrain } from "../../src/nodes/load.js";
import { rootPart } from "../../src/nodes/parts.js";
import { haveOneShape } from "../helpers/shapes.js";
import { makeJob } from "./jobs.js";
import { makeTrain } from "./trains.js";

const LAST = 2 ** 32 - 1;

it("the jobs of a train have all of it, a number each, and are the whole of their requests", () => {
  const train = makeTrain(LAST, 2, {
    session: 9,
    hops: 3,
    deadline: 5,
    priority: 7,
    lane: 8,
    floor: 4,
    from: 2,
    to: 1,
  });
  const common = { type: "job", session: 9, hops: 3, deadline: 5, priority: 7, lane: 8, floor: 4, from: 2, to: 1 };
  expect(jobsOf(train).map((job) => ({ ...job, payload: String(job.payload) }))).toMatchObject([
    { ...common, seq: LAST, ...rootPart(9, LAST), payload: String(LAST), group: undefined, trace: "" },
    { ...common, seq: 0, ...rootPart(9, 0), payload: String(LAST + 1) },
  ]);
});

it("the jobs of all trains have one shape", () => {
  for (let i = 0; i < 1000; i++) jobsOf(makeTrain(i, 2));
  const [a, b] = [jobsOf(makeTrain(1, 1)), jobsOf(makeTrain(2, 1))];
  expect(haveOneShape(a[0], b[0])).toBe(true);
});

it("a job is one by itself", () => {
  const job = makeJob({ seq: 3 });
  expect([
    jobsOf(job),
    sizeOf(job),
    placeIn(job, { session: 1, seq: 3 }),
    placeIn(job, { session: 1, seq: 4 }),
  ]).toEqual([[job], 1, 0, undefined]);
});

it("a train is split into trains, over the last number too", () => {
  const [first, rest] = splitTrain(makeTrain(LAST - 1, 5), 3);
  expect([first, rest].map((train) => jobsOf(train).map(({ seq }) => seq))).toEqual([
    [LAST - 1, LAST, 0],
    [1, 2],
  ]);
  expect([sizeOf(first), placeIn(first, { session: 1, seq: 0 }), placeIn(first, { session: 1, seq: 1 })]).toEqual([
    3,
    2,
    undefined,
  ]);
});

it("acks of several are acks of each", () => {
  expect(acksApart({ type: "acks", session: 9, seq: LAST, attempt: 2, count: 2 })).toEqual([
    { type: "ack", session: 9, seq: LAST, attempt: 2, ...rootPart(9, LAST) },
    { type: "ack", session: 9, seq: 0, attempt: 2, ...rootPart(9, 0) },
  ]);
});
