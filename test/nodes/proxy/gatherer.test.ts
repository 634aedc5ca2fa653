import { constants } from "node:buffer";
import { beforeEach, describe, expect, it } from "vitest";
import { Gatherer } from "../../../src/nodes/proxy/gatherer.js";
import { HOME } from "../../../src/plan/types.js";
import type { Group, Job } from "../../../src/protocol/messages.js";
import { decodeBody } from "../../../src/protocol/payload.js";
import { makeJob } from "../jobs.js";

const NAMES = ["sum", "square", "count"];
const ROUTE = 0x8000;
const SPLIT = 7;
const COUNT = 2;

let gatherer: Gatherer;
beforeEach(() => {
  gatherer = new Gatherer(
    {
      sources: ["sum", "square"],
      bare: false,
      groups: [
        { origin: ROUTE, target: HOME, parts: 2 },
        { origin: SPLIT, target: COUNT, parts: 0 },
      ],
    },
    NAMES,
  );
});

function copies(index: number, id = 1, up?: Group): Group {
  return { origin: ROUTE, target: HOME, id, index, count: 3, up };
}

function scattered(index: number, count: number, up?: Group): Group {
  return { origin: SPLIT, target: COUNT, id: 5, index, count, up };
}

function part(from: number, value: unknown, group: Group | undefined, fields: Partial<Job> = {}): Job {
  return makeJob({ from, payload: JSON.stringify(value), group, ...fields });
}

const valueIn = (gathered: unknown) => decodeBody(gathered as Job);

describe("parts of one scatter", () => {
  it("that make more than a text can hold are too large, and others go on", () => {
    const large = { payload: "x".repeat(0.75 * constants.MAX_STRING_LENGTH) };
    expect(gatherer.add({ ...part(1, 0, copies(1)), ...large })).toBe("waiting");
    expect(gatherer.add({ ...part(0, 0, copies(0)), ...large })).toBe("huge");
    expect(gatherer.size).toBe(0);
    gatherer.add(part(1, 36, copies(1, 2)));
    expect(valueIn(gatherer.add(part(0, 14, copies(0, 2))))).toEqual({ sum: 14, square: 36 });
  });

  it("become one job when the last has come, whatever their order", () => {
    expect(gatherer.add(part(1, 36, copies(1), { hops: 9 }))).toBe("waiting");
    const gathered = gatherer.add(part(0, 14, copies(0), { hops: 2 })) as Job;
    expect(valueIn(gathered)).toEqual({ sum: 14, square: 36 });
    expect(gathered).toMatchObject({ hops: 9, group: undefined });
    expect(gatherer.size).toBe(0);
  });

  it("do not mix with those of another", () => {
    expect(gatherer.add(part(0, 1, copies(0, 1)))).toBe("waiting");
    expect(gatherer.add(part(1, 4, copies(1, 2)))).toBe("waiting");
    expect(valueIn(gatherer.add(part(0, 2, copies(0, 2))))).toEqual({ sum: 2, square: 4 });
    expect(gatherer.size).toBe(1);
  });

  it("count once, however often they come", () => {
    expect(gatherer.add(part(0, 1, copies(0)))).toBe("waiting");
    expect(gatherer.add(part(0, 1, copies(0)))).toBe("waiting");
    expect(valueIn(gatherer.add(part(1, 2, copies(1))))).toEqual({ sum: 1, square: 2 });
  });

  it("are known for what they are when they come again after the last", () => {
    gatherer.add(part(0, 1, copies(0)));
    gatherer.add(part(1, 2, copies(1)));
    expect([gatherer.add(part(0, 1, copies(0))), gatherer.add(part(1, 2, copies(1)))]).toEqual(["spare", "spare"]);
    expect(gatherer.size).toBe(0);
  });

  it("are one part together, in whatever order they come", () => {
    const parts = [
      { partHigh: 0xf0000000, partLow: 3 },
      { partHigh: 0x80000001, partLow: 5 },
    ];
    for (const [id, order] of [
      [1, [0, 1]],
      [2, [1, 0]],
    ] as const) {
      const [, gathered] = order.map((index) => gatherer.add(part(index, index, copies(index, id), parts[index])));
      expect(gathered).toMatchObject({ partHigh: 0x70000001, partLow: 6 });
    }
  });

  it("are spare when another part of their branch is there already: it is none of what the join passes on", () => {
    expect(gatherer.add(part(0, 1, copies(0), { partLow: 1 }))).toBe("waiting");
    expect(gatherer.add(part(0, 1, copies(0), { partLow: 1, attempt: 2 }))).toBe("waiting");
    expect(gatherer.add(part(0, 2, copies(0), { partLow: 2 }))).toBe("spare");
    const gathered = gatherer.add(part(1, 3, copies(1), { partLow: 8 }));
    expect([valueIn(gathered), (gathered as Job).partLow]).toEqual([{ sum: 1, square: 3 }, 9]);
  });

  it("may leave out branches that lead elsewhere", () => {
    gatherer.add(part(0, 1, copies(0)));
    expect(valueIn(gatherer.add(part(1, 2, copies(2))))).toEqual({ sum: 1, square: 2 });
  });

  it("of one stage are an array in the order of the values", () => {
    const order = [2, 0, 1];
    const results = order.map((index) => gatherer.add(part(COUNT, `v${index}`, scattered(index, 3))));
    expect(valueIn(results[2])).toEqual({ count: ["v0", "v1", "v2"] });
  });

  it("leave the scatters further out for the next join", () => {
    const outer = copies(1);
    const [gathered] = [0].map((index) => gatherer.add(part(COUNT, 1, scattered(index, 1, outer))));
    expect((gathered as Job).group).toBe(outer);
  });

  it("are gathered by the innermost scatter that fits, under ones that do not", () => {
    const foreign: Group = { origin: 99, target: HOME, id: 3, index: 0, count: 2, up: scattered(0, 1) };
    expect(valueIn(gatherer.add(part(COUNT, "x", foreign)))).toEqual({ count: ["x"] });
  });
});

it("a scatter of nothing gathers an empty list for each source, at once", () => {
  expect(valueIn(gatherer.add(part(SPLIT, null, scattered(0, 0))))).toEqual({ sum: [], square: [] });
});

it("a job that comes from no known scatter is a stray", () => {
  expect(gatherer.add(part(0, 1, undefined))).toBe("stray");
});

it("a part with an index that no stage has edges for is a stray, and costs nothing", () => {
  const group: Group = { ...copies(0), index: 0xfffffffe, count: 0xffffffff };
  expect(gatherer.add(part(0, 1, group))).toBe("stray");
});

it("a part that comes again late is known, however much other nodes have scattered since", () => {
  const early = 2 ** 32 + 5;
  for (const index of [0, 1]) gatherer.add(part(index, 1, copies(index, early)));
  for (let id = 2 ** 33; id < 2 ** 33 + 131_072; id++) {
    for (const index of [0, 1]) gatherer.add(part(index, 1, copies(index, id)));
  }
  expect(gatherer.add(part(1, 2, copies(1, early)))).toBe("spare");
  expect(gatherer.size).toBe(0);
});

it("a part far out in a large scatter is forgotten without a search for the others", () => {
  gatherer.add(part(COUNT, 1, scattered(0xfffffffe, 0xffffffff)));
  expect(gatherer.drop(() => true)).toBe(1);
  expect(gatherer.size).toBe(0);
});

it("what nobody waits for is forgotten", () => {
  gatherer.add(part(0, 1, copies(0, 1), { seq: 1 }));
  gatherer.add(part(0, 1, copies(0, 2), { seq: 2 }));
  expect(gatherer.drop(({ seq }) => seq === 1)).toBe(1);
  expect(gatherer.size).toBe(1);
});
