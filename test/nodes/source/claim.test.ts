import { expect, it } from "vitest";
import { Claims } from "../../../src/nodes/source/claim.js";
import { planOf } from "./helpers.js";

it("a claim that serves again has kept nothing of the job before", () => {
  const claims = new Claims(planOf({}));
  const fresh = { ...claims.take() };
  const claim = claims.take();
  claim.body = { kind: 1, payload: Buffer.alloc(10) };
  claim.failure = { stage: "work", message: "no" };
  claim.letter = {
    id: "1-1",
    time: "",
    owner: "s",
    entry: "line 1",
    route: 0,
    stage: "work",
    message: "",
    kind: "json",
    payload: "1",
    lane: 0,
  };
  claim.attempt = 3;
  claim.ended = true;
  claims.giveBack(claim);
  expect(claims.take()).toBe(claim);
  expect({ ...claim }).toEqual(fresh);
});
