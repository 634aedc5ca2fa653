import { beforeEach, describe, expect, it } from "vitest";
import { jobsOf, LONGEST_TRAIN, sizeOf } from "../../../src/nodes/load.js";
import type { Claim } from "../../../src/nodes/owner/claim.js";
import { Ledger } from "../../../src/nodes/owner/ledger.js";
import { rootPart } from "../../../src/nodes/parts.js";
import type { EntryPlan } from "../../../src/plan/types.js";
import type { Load, ToProxy } from "../../../src/protocol/messages.js";

const ONE: EntryPlan = { targets: [4], origin: undefined, priority: 3 };
const TWO: EntryPlan = { targets: [4, 5], origin: 0x8000, priority: 3 };

let sent: ToProxy[];
let ledger: Ledger<Claim>;

beforeEach(() => {
  sent = [];
  const proxy = { send: (message: ToProxy) => void sent.push(message) };
  ledger = new Ledger({ owner: 2 }, { proxyOf: () => proxy, proxies: [proxy] }, { couples: true });
});

function admit(fields: Partial<Claim> = {}): Claim {
  const claim: Claim = {
    seq: 0,
    entry: ONE,
    body: { kind: 0, payload: `job ${ledger.newest}` },
    lane: 5,
    deadline: 99,
    trace: "",
    attempt: 1,
    whole: true,
    restHigh: 0,
    restLow: 0,
    ...fields,
  };
  ledger.admit(claim);
  return claim;
}

const loads = () => sent.filter((message): message is Load => message.type === "job" || message.type === "train");
const sizes = () => loads().map(sizeOf);

describe("what is admitted in one turn", () => {
  it("leaves as a train at its end", async () => {
    for (let i = 0; i < 3; i++) admit();
    expect(sent).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(sizes()).toEqual([3]);
    const common = {
      session: ledger.session,
      owner: 2,
      to: 4,
      priority: 3,
      lane: 5,
      hops: 1,
      deadline: 99,
      attempt: 1,
    };
    expect(jobsOf(loads()[0]!).map((job) => ({ ...job, payload: String(job.payload) }))).toMatchObject(
      [0, 1, 2].map((seq) => ({ ...common, seq, payload: `job ${seq}`, ...rootPart(ledger.session, seq) })),
    );
    expect(ledger.sent.stats().stages[4]).toBe(3);
  });

  it("leaves as a job when it is alone", () => {
    admit();
    ledger.flush();
    expect(sent).toMatchObject([{ type: "job", seq: 0, payload: "job 0", to: 4 }]);
  });

  it("is no longer than a train may be", () => {
    for (let i = 0; i < LONGEST_TRAIN + 2; i++) admit();
    ledger.flush();
    expect(sizes()).toEqual([LONGEST_TRAIN, 2]);
  });

  it.each<[string, Partial<Claim>]>([
    ["a deadline", { deadline: 100 }],
    ["a lane", { lane: 6 }],
    ["a kind of payload", { body: { kind: 1, payload: "x" } }],
    ["a trace", { trace: "t" }],
    ["an entry", { entry: { ...ONE } }],
  ])("is told apart by %s of its own", (_, fields) => {
    for (const each of [{}, {}, fields, {}, {}]) admit(each);
    ledger.flush();
    expect(sizes()).toEqual([2, 1, 2]);
  });

  it("goes as jobs to several stages", () => {
    for (let i = 0; i < 2; i++) admit({ entry: TWO });
    ledger.flush();
    expect(loads().map(({ type, seq, to }) => [type, seq, to])).toEqual([
      ["job", 0, 4],
      ["job", 0, 5],
      ["job", 1, 4],
      ["job", 1, 5],
    ]);
  });
});

it("what is cancelled has left before", () => {
  const [, second] = [admit(), admit()];
  ledger.cancel(second);
  expect(sent.map(({ type }) => type)).toEqual(["train", "cancel"]);
});

it("a claim of a train is finished by an Ack of the whole, if that is of its last sending", () => {
  const claim = admit();
  expect([ledger.finishWhole(claim, 2), ledger.finishWhole(claim, 1)]).toEqual([false, true]);
});
