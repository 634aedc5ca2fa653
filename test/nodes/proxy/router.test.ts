import { beforeEach, describe, expect, it, test } from "vitest";
import { GroupIds } from "../../../src/nodes/group.js";
import { acksApart, jobsOf } from "../../../src/nodes/load.js";
import { Router, type RouterPorts } from "../../../src/nodes/proxy/router.js";
import { HOME, type StagePlan } from "../../../src/plan/types.js";
import type { Acks, Job, Output } from "../../../src/protocol/messages.js";
import { OutputRoute } from "../../../src/protocol/messages.js";
import { haveOneShape } from "../../helpers/shapes.js";
import { makeJob } from "../jobs.js";

const STAGE: StagePlan = {
  number: 4,
  name: "split",
  maxAttempts: 3,
  concurrency: 1,
  key: undefined,
  match: undefined,
  deliver: "one",
  all: [1, 2],
  copies: undefined,
  edges: [
    { target: 1, gathered: false, emptyTo: undefined },
    { target: 2, gathered: true, emptyTo: 9 },
    { target: HOME, gathered: false, emptyTo: undefined },
  ],
  join: undefined,
  once: false,
};

let jobs: Job[];
let home: Exclude<Parameters<RouterPorts["toOwner"]>[1], Acks>[];
let refused: string[];

beforeEach(() => {
  jobs = [];
  home = [];
  refused = [];
});

function routerOf(stage: Partial<StagePlan> = {}): Router {
  const groups = new GroupIds(3);
  return new Router({ ...STAGE, ...stage }, 10, {
    newGroupId: () => groups.next(),
    toStage: (load) => jobs.push(...jobsOf(load)),
    toOwner: (_, message) => home.push(...(message.type === "acks" ? acksApart(message) : [message])),
    onRefused: (_, message) => refused.push(message),
  });
}

function output(route: OutputRoute, edge = 0, payload = "1"): Output {
  return { route, edge, payload, kind: 0, meta: "" };
}

describe("a returned value", () => {
  it("follows every edge, with a hop more and all else of its job", () => {
    const job = makeJob({ seq: 7, hops: 2, deadline: 5, trace: "t", priority: 3, attempt: 2 });
    routerOf().route(job, [output(OutputRoute.follow, 0, "42")]);
    const any = expect.any(Number);
    const common = { ...job, from: 4, hops: 3, payload: "42", partHigh: any, partLow: any };
    expect(jobs).toEqual([
      { ...common, to: 1 },
      { ...common, to: 2 },
    ]);
  });

  it("goes as parts of a group where a join gathers the copies, each with its index", () => {
    const up = { origin: 1, target: 2, id: 3, index: 0, count: 1, up: undefined };
    routerOf({ copies: 4 }).route(makeJob({ group: up }), [output(OutputRoute.follow)]);
    const groups = jobs.map((job) => job.group!);
    expect(groups).toMatchObject([
      { origin: 4, target: HOME, index: 0, count: 2, up },
      { origin: 4, target: HOME, index: 1, count: 2, up },
    ]);
    expect(groups[0]!.id).toBe(groups[1]!.id);
  });

  it("goes home along a loopback edge, and says whether other parts may be on their way", () => {
    routerOf({ all: [HOME] }).route(makeJob(), [output(OutputRoute.follow)]);
    routerOf({ all: [HOME, 1] }).route(makeJob(), [output(OutputRoute.follow)]);
    expect(home.map((message) => message.type === "answer" && message.partial)).toEqual([false, true]);
  });

  it("is an error when the worker has to choose", () => {
    routerOf({ all: [] }).route(makeJob(), [output(OutputRoute.follow)]);
    expect(home).toMatchObject([{ type: "failure", stage: "split" }]);
    expect(refused[0]).toContain("has to choose its edge");
  });
});

describe("what a worker chooses", () => {
  it("goes along that edge only", () => {
    routerOf().route(makeJob(), [output(OutputRoute.edge, 1)]);
    expect(jobs.map((job) => job.to)).toEqual([2]);
  });

  it("is an answer when it replies, whatever the edges", () => {
    routerOf().route(makeJob(), [{ ...output(OutputRoute.reply), meta: '{"status":201}' }]);
    expect(home).toMatchObject([{ type: "answer", meta: '{"status":201}', partial: false }]);
  });

  it("is refused whole when it names an edge that is not there", () => {
    routerOf().route(makeJob(), [output(OutputRoute.edge, 0), output(OutputRoute.edge, 3)]);
    expect(jobs).toEqual([]);
    expect(refused).toEqual(["its worker named an edge that does not exist"]);
  });
});

describe("a scatter", () => {
  it("is one group, with as many parts as values", () => {
    routerOf().route(
      makeJob(),
      [1, 2, 3].map((n) => output(OutputRoute.scatter, 1, String(n))),
    );
    expect(jobs.map(({ payload, group }) => [payload, group!.index, group!.count])).toEqual([
      ["1", 0, 3],
      ["2", 1, 3],
      ["3", 2, 3],
    ]);
    expect(new Set(jobs.map(({ group }) => group!.id)).size).toBe(1);
  });

  it("that nobody gathers is just so many jobs", () => {
    routerOf().route(makeJob(), [output(OutputRoute.scatter, 0), output(OutputRoute.scatter, 0)]);
    expect(jobs.map((job) => job.group)).toEqual([undefined, undefined]);
  });

  it("of nothing goes straight to its join, or is an error", () => {
    routerOf().route(makeJob(), [output(OutputRoute.empty, 1)]);
    expect(jobs).toMatchObject([{ to: 9, group: { origin: 4, target: 2, count: 0 } }]);
    routerOf().route(makeJob(), [output(OutputRoute.empty, 0)]);
    expect(refused).toEqual(["it scattered an empty list, and no join gathers it"]);
  });
});

test("whatever is sent is counted by where it goes, and what is refused as going home", () => {
  const router = routerOf();
  const owned = (owner: number) => makeJob({ owner });
  router.route(owned(0), [output(OutputRoute.follow)]);
  router.route(owned(1), [output(OutputRoute.scatter, 1), output(OutputRoute.scatter, 1), output(OutputRoute.reply)]);
  router.route(owned(1), []);
  router.fail(owned(1), "thrown", 500);
  router.route(makeJob({ owner: 0, hops: 10 }), [output(OutputRoute.edge, 1)]);
  expect(router.sent.stats()).toEqual({ stages: [0, 1, 3], owners: [1, 3] });
});

describe("the parts of a job", () => {
  /** The exclusive or of all that has come of it. */
  const total = () =>
    [...jobs, ...home].reduce(
      ({ partHigh, partLow }, part) => ({
        partHigh: (partHigh ^ part.partHigh) >>> 0,
        partLow: (partLow ^ part.partLow) >>> 0,
      }),
      { partHigh: 0, partLow: 0 },
    );
  const part = { partHigh: 0x89abcdef, partLow: 0x01234567 };
  const { follow, edge, reply, scatter, empty } = OutputRoute;

  it.each<[string, Partial<StagePlan>, Output[], number]>([
    ["a value along one edge", { all: [1] }, [output(follow)], 1],
    ["copies", { all: [1, 2, HOME] }, [output(follow)], 3],
    ["copies for a join", { copies: 4 }, [output(follow)], 2],
    ["a chosen edge", {}, [output(edge, 1)], 1],
    ["a reply", {}, [output(reply)], 1],
    ["a scatter", {}, [output(scatter, 1), output(scatter, 1), output(scatter, 1)], 3],
    ["an empty scatter", {}, [output(empty, 1)], 1],
    ["an empty scatter that is refused", {}, [output(empty, 0)], 1],
    ["several of all", {}, [output(follow), output(edge, 0), output(reply), output(scatter, 1), output(follow)], 7],
    ["a value that had to choose, among others", { all: [] }, [output(follow), output(edge, 0)], 2],
    ["too many hops for some", {}, [output(edge, 0), output(reply)], 2],
    ["an edge that is not there", {}, [output(edge, 0), output(edge, 7)], 1],
    ["nothing", {}, [], 1],
    ["a sink's value", { once: true, all: [] }, [output(follow)], 1],
  ])("are its part together: %s", (title, stage, outputs, count) => {
    routerOf(stage).route(makeJob({ ...part, hops: title.includes("hops") ? 10 : 1 }), outputs);
    expect(total()).toEqual(part);
    const parts = [...jobs, ...home].map(({ partHigh, partLow }) => `${partHigh} ${partLow}`);
    expect([parts.length, new Set(parts).size]).toEqual([count, count]);
  });

  it("are the same when it is done again", () => {
    const router = routerOf();
    const outputs = [output(OutputRoute.scatter, 0), output(OutputRoute.scatter, 0), output(OutputRoute.reply)];
    const partsOf = () => [...jobs.splice(0), ...home.splice(0)].map(({ partHigh, partLow }) => [partHigh, partLow]);
    router.route(makeJob(part), outputs);
    const first = partsOf();
    router.route(makeJob({ ...part, attempt: 2 }), outputs);
    expect(partsOf()).toEqual(first);
  });
});

describe("a job of which nothing comes", () => {
  it("is acknowledged, in the attempt that it has", () => {
    routerOf().route(makeJob({ seq: 3, attempt: 2, partHigh: 8, partLow: 9 }), []);
    expect(home).toEqual([{ type: "ack", session: 1, seq: 3, attempt: 2, partHigh: 8, partLow: 9 }]);
  });

  it("is an error when a join waits for it", () => {
    const group = { origin: 4, target: 2, id: 1, index: 0, count: 2, up: undefined };
    routerOf().route(makeJob({ group }), []);
    expect(home).toMatchObject([
      { type: "failure", message: "it was dropped, but a join waits for it", gathered: true },
    ]);
  });

  it("is acknowledged by a sink, whatever it came through", () => {
    const group = { origin: 4, target: 2, id: 1, index: 0, count: 2, up: undefined };
    const sink = routerOf({ once: true, all: [], edges: [] });
    sink.route(makeJob({ group }), [output(OutputRoute.follow)]);
    sink.route(makeJob({ group }), []);
    expect(home).toMatchObject([{ type: "ack" }, { type: "ack" }]);
  });
});

describe("limits", () => {
  it("end a job that has made too many hops", () => {
    routerOf().route(makeJob({ hops: 10 }), [output(OutputRoute.edge, 0)]);
    expect(jobs).toEqual([]);
    expect(refused).toEqual(["the job has made 10 hops, the most that max_hops allows"]);
  });

  it("end a job whose scatters nest too deep", () => {
    let group: Job["group"];
    for (let depth = 0; depth < 255; depth++)
      group = { origin: 4, target: 2, id: depth, index: 0, count: 1, up: group };
    routerOf().route(makeJob({ group }), [output(OutputRoute.scatter, 1)]);
    expect(refused).toEqual(["scatters are nested deeper than 255"]);
  });
});

test("messages of a kind have one shape to V8, jobs and failures alike", () => {
  const router = routerOf();
  for (const seq of [1, 2]) {
    const job = makeJob({ seq });
    router.route(job, [output(OutputRoute.scatter, 1), output(OutputRoute.scatter, 1)]);
    router.fail(job, "no", 0);
    router.refuse(job, "no");
  }
  const [firstJob, ...otherJobs] = jobs;
  const [firstFailure, ...otherFailures] = home;
  expect(otherJobs.map((job) => haveOneShape(job, firstJob))).toEqual([true, true, true]);
  expect(otherFailures.map((failure) => haveOneShape(failure, firstFailure))).toEqual([true, true, true]);
});
