import { beforeEach, describe, expect, it } from "vitest";
import { LONGEST_TRAIN } from "../../../src/nodes/load.js";
import { DoneCoupler } from "../../../src/nodes/worker/done-coupler.js";
import { type Done, type Dones, type Output, OutputRoute } from "../../../src/protocol/messages.js";

let sent: (Done | Dones)[];
let coupler: DoneCoupler;

beforeEach(() => {
  sent = [];
  coupler = new DoneCoupler((message) => sent.push(message));
});

function done(slot: number, output: Partial<Output> = {}, credits = slot): Done {
  const whole: Output = { route: OutputRoute.follow, edge: 0, meta: "", kind: 0, payload: String(slot), ...output };
  return { type: "done", slot, credits, service: slot * 10, outputs: [whole] };
}

/** The slots of each message. */
const slots = () =>
  sent.map((message) =>
    message.type === "done" ? [message.slot] : Array.from(message.services, (_, i) => (message.slot + i) >>> 0),
  );

describe("results whose slots follow each other", () => {
  it("leave as one, each with its time, and with the newest credits", () => {
    for (const slot of [4, 5, 6]) coupler.add(done(slot));
    expect(sent).toEqual([]);
    coupler.flush();
    expect(sent).toMatchObject([
      { type: "dones", slot: 4, credits: 6, services: Uint32Array.of(40, 50, 60), route: 0 },
    ]);
    expect((sent[0] as Dones).payloads.toArray().map(String)).toEqual(["4", "5", "6"]);
  });

  it("leave by themselves when the turn is over", async () => {
    coupler.add(done(1));
    coupler.add(done(2));
    await new Promise((resolve) => setImmediate(resolve));
    expect(slots()).toEqual([[1, 2]]);
  });

  it("go on at zero after the last number", () => {
    for (const slot of [2 ** 32 - 1, 0]) coupler.add(done(slot));
    coupler.flush();
    expect(slots()).toEqual([[2 ** 32 - 1, 0]]);
  });

  it("are told apart where they go another way, are of another kind, or are more than one", () => {
    const two = { ...done(7), outputs: [...done(7).outputs, ...done(7).outputs] };
    const edge = { route: OutputRoute.edge, edge: 2 };
    for (const each of [done(1), done(2), done(3, edge), done(4, edge), done(5, { ...edge, edge: 1 })])
      coupler.add(each);
    for (const each of [done(6, { ...edge, edge: 1, kind: 1 }), two, done(8), done(10)]) coupler.add(each);
    coupler.flush();
    expect(slots()).toEqual([[1, 2], [3, 4], [5], [6], [7], [8], [10]]);
  });

  it("are told apart where they say more than a value: a reply, a scatter, nothing at all", () => {
    const others = [
      done(1),
      done(2, { route: OutputRoute.reply }),
      done(3, { route: OutputRoute.scatter }),
      { ...done(4), outputs: [] },
    ];
    for (const each of others) coupler.add(each);
    coupler.flush();
    expect(sent).toEqual(others);
  });

  it("are no more than a train may have", () => {
    for (let slot = 0; slot < LONGEST_TRAIN + 2; slot++) coupler.add(done(slot));
    coupler.flush();
    expect(slots().map(({ length }) => length)).toEqual([LONGEST_TRAIN, 2]);
  });
});

it("a result alone is sent as it is", () => {
  const alone = done(3);
  coupler.add(alone);
  coupler.flush();
  coupler.flush();
  expect(sent).toEqual([alone]);
});

it("what is not to be told any more is forgotten", () => {
  for (const slot of [1, 2]) coupler.add(done(slot));
  coupler.clear();
  coupler.add(done(7));
  coupler.flush();
  expect(slots()).toEqual([[7]]);
});
