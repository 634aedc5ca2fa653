import { describe, expect, it } from "vitest";
import { parseRequestName, requestName } from "../../src/protocol/messages.js";

describe("the name of a request", () => {
  it.each([
    [0, 0],
    [1_234_567_890, 42],
    [0xffffffff, 0xffffffff],
  ])("of session %d and number %d is read as it was written", (session, seq) => {
    expect(parseRequestName(requestName(session, seq))).toEqual({ session, seq });
  });

  it.each(["", "-", "a", "a-", "-a", "a-b-c", "A-b", "a-0b", " a-b", "a-b ", "a-b!", "1z141z4-0", "é-1"])(
    "is not %j",
    (text) => {
      expect(parseRequestName(text)).toBeUndefined();
    },
  );
});
