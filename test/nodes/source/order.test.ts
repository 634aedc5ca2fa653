import { beforeEach, describe, expect, it } from "vitest";
import type { Claim } from "../../../src/nodes/owner/claim.js";
import { Ledger } from "../../../src/nodes/owner/ledger.js";
import { Order } from "../../../src/nodes/source/order.js";
import type { Job, ToProxy } from "../../../src/protocol/messages.js";

interface Ended extends Claim {
  ended: boolean;
}

const OWNER = 2;
let sent: ToProxy[];
let settled: number[];
let ledger: Ledger<Ended>;
let order: Order<Ended>;

beforeEach(() => {
  sent = [];
  settled = [];
  const link = { send: (message: ToProxy) => void sent.push(message) };
  ledger = new Ledger({ owner: OWNER }, { proxyOf: () => link, proxies: [link] });
  order = new Order(
    ledger,
    OWNER,
    [7, 8],
    () => link,
    (claim) => {
      settled.push(claim.seq);
      ledger.close(claim);
    },
  );
});

function admit(): Ended {
  const entry = { targets: [0], origin: undefined, priority: 0 };
  const claim: Ended = {
    seq: 0,
    entry,
    body: { kind: 0, payload: "1" },
    lane: 0,
    deadline: Number.POSITIVE_INFINITY,
    trace: "",
    attempt: 1,
    whole: true,
    restHigh: 0,
    restLow: 0,
    ended: false,
  };
  ledger.admit(claim);
  return claim;
}

function jobOf({ seq, attempt }: Claim): Job {
  return sent.find((message) => message.type === "job" && message.seq === seq && message.attempt === attempt) as Job;
}

/** All of it is done. */
async function finish(...claims: readonly Ended[]): Promise<void> {
  for (const claim of claims) ledger.finish(claim, jobOf(claim));
  await look();
}

async function look(): Promise<void> {
  order.look();
  await new Promise((resolve) => setImmediate(resolve));
}

function releases(): number[] {
  return sent.flatMap((message) => (message.type === "release" ? [message.upTo] : []));
}

function written(upTo: number, ...sinks: readonly number[]): void {
  for (const sink of sinks) order.hear({ type: "written", session: ledger.session, sink, upTo });
}

describe("sinks are told to write", () => {
  it("when all before it is finished, each sink once", async () => {
    const [first, second, third] = [admit(), admit(), admit()];
    await finish(second);
    expect(releases()).toEqual([]);
    await finish(first);
    expect(releases()).toEqual([2, 2]);
    await finish(third);
    expect(releases()).toEqual([2, 2, 3, 3]);
  });

  it("past a job that was ended before it was finished", async () => {
    const [first, second] = [admit(), admit()];
    await finish(second);
    first.ended = true;
    await look();
    expect(releases()).toEqual([2, 2]);
  });
});

describe("a job is settled", () => {
  it("also where its number is followed by 0", async () => {
    const first = 2 ** 32 - 2;
    Object.assign(ledger, { nextSeq: first, floor: first });
    order.again();
    await finish(admit(), admit(), admit(), admit());
    expect(releases()).toEqual([2, 2]);
    written(0, 7);
    written(2, 8);
    expect(settled).toEqual([first, first + 1]);
    written(2, 7);
    expect(settled).toEqual([first, first + 1, 0, 1]);
    expect(ledger.size).toBe(0);
  });

  it("when every sink has written what it held of it, in order", async () => {
    await finish(admit(), admit(), admit());
    written(3, 7);
    expect(settled).toEqual([]);
    written(2, 8);
    expect(settled).toEqual([0, 1]);
    written(3, 8);
    expect(settled).toEqual([0, 1, 2]);
    written(3, 8);
    written(9, 99);
    expect(settled).toEqual([0, 1, 2]);
  });

  it("only after it was finished once more, when it was sent again meanwhile", async () => {
    const claims = [admit(), admit()];
    await finish(...claims);
    written(1, 7, 8);
    await new Promise<void>((resolve) => ledger.resendSoon(resolve));
    order.again();
    written(2, 7, 8);
    expect(settled).toEqual([0]);
    await finish(claims[1]!);
    written(2, 7, 8);
    expect(settled).toEqual([0, 1]);
  });
});
