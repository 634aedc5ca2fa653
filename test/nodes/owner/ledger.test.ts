import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Claim } from "../../../src/nodes/owner/claim.js";
import { isFinished } from "../../../src/nodes/owner/claim.js";
import { Ledger } from "../../../src/nodes/owner/ledger.js";
import { Shares } from "../../../src/nodes/parts.js";
import { type EntryPlan, HOME } from "../../../src/plan/types.js";
import type { Job, Part, ToProxy } from "../../../src/protocol/messages.js";

const ONE: EntryPlan = { targets: [4], origin: undefined, priority: 3 };

let sent: ToProxy[];
let ledger: Ledger<Claim>;

beforeEach(() => {
  sent = [];
  const proxy = { send: (message: ToProxy) => void sent.push(message) };
  ledger = new Ledger({ owner: 2 }, { proxyOf: () => proxy, proxies: [proxy] });
});

function admit(entry = ONE): Claim {
  const claim: Claim = {
    seq: 0,
    entry,
    body: { kind: 0, payload: `job ${ledger.newest}` },
    lane: 5,
    deadline: 99,
    trace: "t",
    attempt: 1,
    whole: true,
    restHigh: 0,
    restLow: 0,
  };
  ledger.admit(claim);
  return claim;
}

const jobs = () => sent.filter((message): message is Job => message.type === "job");
const finished = ({ session, seq, attempt }: Job, part: Part) => ({ ...part, session, seq, attempt });

function sharesOf(part: Part, count: number): Part[] {
  const shares = new Shares();
  shares.begin(part, count);
  return Array.from({ length: count }, () => {
    const { partHigh, partLow } = shares.take();
    return { partHigh, partLow };
  });
}

describe("what is admitted", () => {
  it("is sent with all that is known of it", () => {
    const { seq } = admit();
    expect(jobs()).toMatchObject([
      { session: ledger.session, seq, owner: 2, from: HOME, to: 4, priority: 3, lane: 5, deadline: 99, trace: "t" },
    ]);
    expect(jobs()[0]).toMatchObject({ attempt: 1, hops: 1, payload: "job 0", group: undefined });
  });

  it("is one group, shared among its jobs, when a join gathers its copies", () => {
    const claim = admit({ targets: [4, 5, 6], origin: 0x8001, priority: 0 });
    expect(jobs().map(({ to }) => to)).toEqual([4, 5, 6]);
    expect(ledger.sent.stats()).toEqual({ stages: [0, 0, 0, 0, 1, 1, 1], owners: [] });
    expect(jobs().map(({ group }) => group)).toMatchObject(
      [0, 1, 2].map((index) => ({ origin: 0x8001, target: HOME, index, count: 3, up: undefined })),
    );
    expect(new Set(jobs().map(({ group }) => group!.id)).size).toBe(1);
    const done = jobs().map((job) => ledger.finish(claim, finished(job, job)));
    expect(done).toEqual([false, false, true]);
  });
});

describe("a claim", () => {
  it("is finished by its last part, in whatever order they come", () => {
    for (const order of [
      [0, 1, 2, 3, 4],
      [4, 3, 2, 1, 0],
      [2, 4, 0, 3, 1],
    ]) {
      const claim = admit();
      const job = jobs().at(-1)!;
      // The first becomes two, the second of which becomes four.
      const [first, second] = sharesOf(job, 2);
      const parts = [first!, ...sharesOf(second!, 4)];
      expect(order.map((i) => ledger.finish(claim, finished(job, parts[i]!)))).toEqual([
        false,
        false,
        false,
        false,
        true,
      ]);
    }
  });

  it("is finished at once when all of it is, or by the rest of it after a part", () => {
    const [whole, split, other] = [admit(), admit(), admit()] as const;
    expect(isFinished(whole)).toBe(false);
    expect([ledger.finishWhole(whole, 2), ledger.finishWhole(whole, 1), isFinished(whole)]).toEqual([
      false,
      true,
      true,
    ]);
    const job = jobs()[1]!;
    const [first, second] = sharesOf(job, 2);
    expect(ledger.finish(split, finished(job, first!))).toBe(false);
    expect([ledger.finish(split, finished(job, second!)), isFinished(split)]).toEqual([true, true]);
    expect(isFinished(other)).toBe(false);
  });

  it("is what is found by its number, of this session, until it is closed", () => {
    const claim = admit();
    const { session } = ledger;
    expect(ledger.find({ session, seq: claim.seq })).toBe(claim);
    expect(ledger.find({ session: session + 1, seq: claim.seq })).toBeUndefined();
    expect([ledger.isOpen(claim), ledger.size]).toEqual([true, 1]);
    ledger.close(claim);
    expect([ledger.find({ session, seq: claim.seq }), ledger.isOpen(claim), ledger.size]).toEqual([
      undefined,
      false,
      0,
    ]);
  });

  it("that nobody waits for is told to all proxies", () => {
    const claim = admit();
    ledger.cancel(claim);
    expect(sent.at(-1)).toEqual({ type: "cancel", session: ledger.session, seq: claim.seq });
  });
});

describe("what is sent again", () => {
  it("is everything that is open, once, one attempt later, with the same parts", () => {
    vi.useFakeTimers();
    try {
      const [closed] = [admit(), admit()];
      ledger.close(closed!);
      ledger.resendSoon();
      ledger.resendSoon();
      vi.runAllTimers();
      const [, before, after] = jobs();
      expect(jobs()).toHaveLength(3);
      expect(after).toEqual({ ...before, attempt: 2, floor: 1 });
      ledger.resendSoon();
      ledger.stop();
      vi.runAllTimers();
      expect(jobs()).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is not finished by what became of an earlier sending", () => {
    vi.useFakeTimers();
    try {
      const claim = admit();
      const [old] = jobs();
      const [half, other] = sharesOf(old!, 2);
      expect(ledger.finish(claim, finished(old!, half!))).toBe(false);
      ledger.resendSoon();
      vi.runAllTimers();
      expect(ledger.finish(claim, finished(old!, other!))).toBe(false);
      const again = jobs().at(-1)!;
      expect(ledger.finish(claim, finished(again, other!))).toBe(false);
      expect(ledger.finish(claim, finished(again, half!))).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

it("the floor is the first that is open, and rises over those that were closed before it", () => {
  const claims = [admit(), admit(), admit(), admit()];
  const floorNow = () => {
    ledger.close(admit());
    return jobs().at(-1)!.floor;
  };
  expect(floorNow()).toBe(0);
  ledger.close(claims[1]!);
  ledger.close(claims[2]!);
  expect(floorNow()).toBe(0);
  ledger.close(claims[0]!);
  expect(floorNow()).toBe(3);
  ledger.close(claims[3]!);
  // With nothing open it is the number of the next.
  const next = admit();
  expect(jobs().at(-1)!.floor).toBe(next.seq);
});
