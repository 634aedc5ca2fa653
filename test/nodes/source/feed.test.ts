import { beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../../../src/nodes/source/checkpoint.js";
import { Feed } from "../../../src/nodes/source/feed.js";
import type { SourceJobs } from "../../../src/nodes/source/jobs.js";
import { type LineInput, type Position, readLines } from "../../../src/nodes/source/lines.js";
import { type Body, textOf } from "../../../src/protocol/payload.js";
import { Recorder } from "../../helpers/recorder.js";

const START: Progress = { floor: 0, position: { offset: 0, lines: 0 }, done: [], failed: 0, lives: [] };

interface Admitted {
  readonly index: number;
  readonly offset: number;
  readonly lines: number;
  readonly body: Body;
}

let admitted: Admitted[];
let waits: Recorder<() => void>;
let stopping: AbortController;

beforeEach(() => {
  admitted = [];
  waits = new Recorder();
  stopping = new AbortController();
});

/** @param room for so many jobs */
function feedOf({ room = 100, done = [] as readonly number[], from = START, limit = 1000 } = {}): Feed {
  const jobs = {
    get full() {
      return admitted.length >= room;
    },
    room: () => new Promise<void>((resolve) => waits.add(resolve)),
    isDone: (index: number) => done.includes(index),
    admit: (body: Body, index: number, offset: number, lines: number) => {
      admitted.push({ body, index, offset, lines });
      return performance.now();
    },
  };
  return new Feed(jobs as unknown as SourceJobs, from, stopping.signal, limit);
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

function pipe(...texts: readonly string[]): LineInput {
  return { size: undefined, seekable: false, read: (from: Position) => readLines(chunks(...texts), from, 0) };
}

const told = () => admitted.map(({ index, lines, offset, body }) => [index, lines, offset, textOf(body.payload)]);

describe("lines", () => {
  it("are jobs that are told by their lines and counted without the blank ones", async () => {
    const feed = feedOf();
    await feed.lines(pipe("1\n\n2", "\n3"));
    expect(told()).toEqual([
      [0, 0, 0, "1"],
      [1, 2, 3, "2"],
      [2, 3, 5, "3"],
    ]);
    expect(feed.next).toEqual({ offset: 6, lines: 4 });
  });

  it("that are done already are left out, from where it was and beyond", async () => {
    const feed = feedOf({ done: [2], from: { ...START, floor: 1, position: { offset: 3, lines: 2 } } });
    await feed.lines(pipe("1\n\n2\n3\n4\n"));
    expect(told()).toEqual([
      [1, 2, 3, "2"],
      [3, 4, 7, "4"],
    ]);
  });

  it("wait for room, and are not read on when the source stops", async () => {
    const feed = feedOf({ room: 2 });
    const fed = feed.lines(pipe("1\n2\n3\n4\n"));
    const [wake] = await waits.take(1);
    expect([admitted.length, feed.next]).toEqual([2, { offset: 4, lines: 2 }]);
    stopping.abort();
    wake!();
    await fed;
    expect([admitted.length, feed.next]).toEqual([2, { offset: 4, lines: 2 }]);
  });
});

describe("a limit", () => {
  it("ends lines after so many jobs, those of earlier lives included", async () => {
    await feedOf({ limit: 2 }).lines(pipe("1\n\n2\n3\n4\n"));
    expect(told().map(([index]) => index)).toEqual([0, 1]);
    const from = { ...START, floor: 2, position: { offset: 5, lines: 3 } };
    const feed = feedOf({ limit: 2, from });
    await feed.lines(pipe("1\n\n2\n3\n4\n"));
    expect([admitted.length, feed.nextIndex]).toEqual([2, 2]);
  });

  it("asks a generator for no more than that, and ends it", async () => {
    const made: (number | string)[] = [];
    function* generator() {
      try {
        for (let n = 0; ; n++) {
          made.push(n);
          yield n;
        }
      } finally {
        made.push("ended");
      }
    }
    const feed = feedOf({ limit: 3 });
    await feed.values("s", generator());
    expect([made, feed.nextIndex]).toEqual([[0, 1, 2, "ended"], 3]);
  });
});

describe("values", () => {
  it("are items, of an iterable of either kind", async () => {
    await feedOf().values("s", ["a", Buffer.from("b"), undefined]);
    expect(told()).toEqual([
      [0, 0, 0, '"a"'],
      [1, 1, 1, "b"],
      [2, 2, 2, "null"],
    ]);
  });

  it("that are done already are made again, and left out", async () => {
    const feed = feedOf({ done: [3], from: { ...START, floor: 2, position: { offset: 2, lines: 2 } } });
    await feed.values("s", [0, 1, 2, 3, 4]);
    expect(admitted.map(({ index }) => index)).toEqual([2, 4]);
    expect(feed.next).toEqual({ offset: 5, lines: 5 });
  });

  it("are asked for only when there is room, and a generator is ended when the source stops", async () => {
    const made: (number | string)[] = [];
    function* generator() {
      try {
        for (let n = 0; ; n++) {
          made.push(n);
          yield n;
        }
      } finally {
        made.push("ended");
      }
    }
    const fed = feedOf({ room: 2 }).values("s", generator());
    const [wake] = await waits.take(1);
    expect(made).toEqual([0, 1, 2]);
    stopping.abort();
    wake!();
    await fed;
    expect(made).toEqual([0, 1, 2, "ended"]);
  });

  it.each([
    { which: "leave", floor: 0 },
    { which: "that are done already let others leave", floor: 5 },
  ])("$which while a generator computes the next one, which ends no turn by itself", async ({ floor }) => {
    const turns: number[] = [];
    let turn = 0;
    let next: NodeJS.Immediate;
    const count = () => {
      turn++;
      next = setImmediate(count);
    };
    count();
    const busy = async function* () {
      for (let n = 0; n < 5; n++) {
        for (const end = performance.now() + 3; performance.now() < end; );
        turns.push(turn);
        yield n;
      }
    };
    try {
      await feedOf({ from: { ...START, floor } }).values("s", busy());
    } finally {
      clearImmediate(next!);
    }
    expect(admitted).toHaveLength(5 - floor);
    expect(new Set(turns).size).toBe(5);
  });

  it("that cannot be made end the source, which names itself", async () => {
    const broken = {
      [Symbol.iterator]: () => ({
        next: () => {
          throw new Error("dry");
        },
      }),
    } as unknown as Iterable<unknown>;
    await expect(feedOf().values("well", broken)).rejects.toThrow("the source well threw: dry");
    await expect(feedOf().values("well", [10n, () => {}])).resolves.toBeUndefined();
  });
});
