import { beforeEach, describe, expect, it } from "vitest";
import { jobsOf } from "../../src/nodes/load.js";
import { Once } from "../../src/nodes/once.js";
import { makeJob } from "./jobs.js";
import { makeTrain } from "./trains.js";

let once: Once<string>;
beforeEach(() => {
  once = new Once("usual");
});

const LAST = 2 ** 32 - 1;

describe("a part", () => {
  it("is new once, and known from then on", () => {
    expect(once.meet(makeJob({ seq: 5 }))).toBeUndefined();
    expect(once.meet(makeJob({ seq: 5 }))).toMatchObject({ seq: 5, outcome: undefined });
  });

  it("is told by all of its 64 bits, within its request", () => {
    const parts = [
      { seq: 5, partHigh: 1, partLow: 1 },
      { seq: 5, partHigh: 1, partLow: 2 },
      { seq: 5, partHigh: 2, partLow: 1 },
      { seq: 6, partHigh: 1, partLow: 1 },
    ];
    for (const part of parts) expect(once.meet(makeJob(part))).toBeUndefined();
    for (const part of parts) expect(once.meet(makeJob(part))).toMatchObject(part);
  });

  it("is told among thousands of its request, as among a few", () => {
    const parts = Array.from({ length: 5000 }, (_, i) => ({
      seq: 5,
      partHigh: i >> 1,
      partLow: (i & 1) + (i >> 2) * 7,
    }));
    for (const part of parts) expect(once.meet(makeJob(part))).toBeUndefined();
    for (const [i, part] of parts.entries()) once.settle(makeJob(part), `outcome ${i}`);
    for (const [i, part] of parts.entries()) {
      expect(once.meet(makeJob(part))).toMatchObject({ ...part, outcome: `outcome ${i}` });
    }
    once.meet(makeJob({ seq: 9, floor: 6 }));
    expect(once.meet(makeJob({ ...parts[0]!, floor: 6 }))).toBe("over");
  });

  it("is found at once among very many: to look at each would take minutes", { timeout: 60_000 }, () => {
    const count = 300_000;
    for (let i = 0; i < count; i++) once.meet(makeJob({ seq: 5, partLow: i }));
    for (let i = 0; i < count; i++) once.settle(makeJob({ seq: 5, partLow: i }), "written");
    expect(once.meet(makeJob({ seq: 5, partLow: count - 1 }))).toMatchObject({ outcome: "written" });
  });

  it("keeps its outcome, for whoever asks again", () => {
    const job = makeJob({ seq: 5 });
    once.meet(job);
    expect(once.settle(job, "written")).toBe(job);
    expect(once.meet(makeJob({ seq: 5, attempt: 2 }))).toMatchObject({ outcome: "written" });
  });

  it("that was sent again while it was under way is settled as it was last sent", () => {
    const job = makeJob({ seq: 5 });
    once.meet(job);
    once.meet(makeJob({ seq: 5, attempt: 4 }));
    once.meet(makeJob({ seq: 5, attempt: 3 }));
    expect(once.settle(job, "written")).toEqual({ ...job, attempt: 4 });
  });

  it("of another session is another", () => {
    once.meet(makeJob({ session: 1, seq: 5 }));
    expect(once.meet(makeJob({ session: 2, seq: 5 }))).toBeUndefined();
    once.dropSession(1);
    expect(once.meet(makeJob({ session: 2, seq: 5 }))).toBeDefined();
    expect(once.meet(makeJob({ session: 1, seq: 5 }))).toBeUndefined();
  });

  it("that nobody remembers is settled all the same", () => {
    const job = makeJob({ seq: 5 });
    expect(once.settle(job, "written")).toBe(job);
  });
});

describe("the floor", () => {
  it("says what is over: it is not new, and not remembered", () => {
    once.meet(makeJob({ seq: 5, floor: 5 }));
    once.meet(makeJob({ seq: 9, floor: 8 }));
    expect(once.meet(makeJob({ seq: 5, floor: 5 }))).toBe("over");
    expect(once.meet(makeJob({ seq: 7, floor: 6 }))).toBe("over");
    expect(once.meet(makeJob({ seq: 8, floor: 6 }))).toBeUndefined();
  });

  it("does not fall: what was sent before may come after", () => {
    once.meet(makeJob({ seq: 100, floor: 90 }));
    once.meet(makeJob({ seq: 91, floor: 10 }));
    expect(once.meet(makeJob({ seq: 50, floor: 10 }))).toBe("over");
    expect(once.meet(makeJob({ seq: 91, floor: 90 }))).toMatchObject({ seq: 91 });
  });

  it.each([100, 65_536, 65_537, 2 ** 30])("may rise by %i at once", (steps) => {
    for (const seq of [0, 1, 99]) once.meet(makeJob({ seq }));
    once.meet(makeJob({ seq: steps + 7, floor: 0 }));
    expect(once.meet(makeJob({ seq: steps + 8, floor: steps }))).toBeUndefined();
    expect(once.meet(makeJob({ seq: steps + 7, floor: steps }))).toMatchObject({ seq: steps + 7 });
    for (const seq of [0, 1, 99]) expect(once.meet(makeJob({ seq, floor: 0 }))).toBe("over");
  });

  it("goes round with the numbers", () => {
    once.meet(makeJob({ seq: LAST, floor: LAST - 5 }));
    expect(once.meet(makeJob({ seq: 0, floor: LAST - 5 }))).toBeUndefined();
    expect(once.meet(makeJob({ seq: 3, floor: LAST }))).toBeUndefined();
    expect(once.meet(makeJob({ seq: LAST, floor: LAST }))).toMatchObject({ seq: LAST });
    expect(once.meet(makeJob({ seq: 4, floor: 1 }))).toBeUndefined();
    expect(once.meet(makeJob({ seq: LAST, floor: LAST }))).toBe("over");
    expect(once.meet(makeJob({ seq: 0, floor: LAST }))).toBe("over");
    expect(once.meet(makeJob({ seq: 3, floor: 1 }))).toMatchObject({ seq: 3 });
  });
});

describe("a train", () => {
  it("is new once as a whole; each of its jobs is known from then on", () => {
    expect(once.meetTrain(makeTrain(5, 3))).toBe(true);
    expect(once.meetTrain(makeTrain(5, 3))).toBe(false);
    expect(once.meetTrain(makeTrain(7, 3))).toBe(false);
    const [, , last] = jobsOf(makeTrain(5, 3));
    expect(once.meet({ ...last!, attempt: 2 })).toMatchObject({ seq: 7, attempt: 2, outcome: undefined });
    expect(once.meetTrain(makeTrain(8, 3))).toBe(true);
  });

  it("is settled in any pieces, with the usual outcome of each", () => {
    once.meetTrain(makeTrain(5, 3));
    expect(once.settleTrain(makeTrain(6, 2))).toBe(true);
    const [first, second] = jobsOf(makeTrain(5, 2));
    expect(once.meet({ ...second!, attempt: 2 })).toMatchObject({ outcome: "usual" });
    expect(once.meet({ ...first!, attempt: 2 })).toMatchObject({ outcome: undefined });
  });

  it("of which a job came again is settled job by job, as that was last sent", () => {
    once.meetTrain(makeTrain(5, 2));
    const [first, second] = jobsOf(makeTrain(5, 2));
    once.meet({ ...second!, attempt: 4 });
    expect(once.settleTrain(makeTrain(5, 2))).toBe(false);
    expect([first!, second!].map((job) => once.settle(job, "thrown").attempt)).toEqual([1, 4]);
    expect(once.meet({ ...first!, attempt: 5 })).toMatchObject({ outcome: "thrown" });
  });

  it("is not new if one of its jobs came before, if it is sent again, or is over", () => {
    once.meet(makeJob({ seq: 6 }));
    expect(once.meetTrain(makeTrain(5, 3))).toBe(false);
    expect(once.meetTrain(makeTrain(20, 3, { attempt: 2 }))).toBe(false);
    once.meet(makeJob({ seq: 40, floor: 40 }));
    expect(once.meetTrain(makeTrain(30, 3))).toBe(false);
  });

  it("that lies before the floor is forgotten", () => {
    once.meetTrain(makeTrain(5, 3));
    once.meetTrain(makeTrain(8, 3, { floor: 8 }));
    expect(once.meet(jobsOf(makeTrain(6, 1))[0]!)).toBe("over");
    expect(once.meet({ ...jobsOf(makeTrain(9, 1))[0]!, attempt: 2 })).toMatchObject({ seq: 9 });
  });
});
