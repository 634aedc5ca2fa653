import { describe, expect, it } from "vitest";
import { decodeBody, encodeBody, gatherParts, type Part, PayloadKind } from "../../src/protocol/payload.js";

const json = (name: string, value: unknown, many = false): Part => ({ name, many, ...encodeBody(value) });

describe("gathered parts", () => {
  it("are an object by stage", () => {
    const body = gatherParts([json("sum", 14), json("square", { value: 36 })], false);
    expect(body.kind).toBe(PayloadKind.json);
    expect(decodeBody(body)).toEqual({ sum: 14, square: { value: 36 } });
  });

  it("of one stage are an array when they are many", () => {
    expect(decodeBody(gatherParts([json("a", 1, true), json("a", 2, true), json("b", 3)], false))).toEqual({ a: [1, 2], b: 3 });
  });

  it("are bare when the join says so", () => {
    expect(decodeBody(gatherParts([json("a", 1, true), json("a", 2, true)], true))).toEqual([1, 2]);
    expect(decodeBody(gatherParts([json("a", 1)], true))).toBe(1);
  });

  it("may be bytes, beside JSON", () => {
    const image = Buffer.from([0, 255, 128]);
    const body = gatherParts([json("a", image, true), json("a", Buffer.from("x"), true), json("b", { n: 1 })], false);
    expect(body.kind).toBe(PayloadKind.parts);
    expect(decodeBody(body)).toEqual({ a: [image, Buffer.from("x")], b: { n: 1 } });
    expect(decodeBody(gatherParts([json("a", image)], true))).toEqual(image);
  });

  it("are refused when cut short at any byte", () => {
    const { payload } = gatherParts([json("a", Buffer.from("xyz"))], true);
    for (let length = 1; length < payload.length; length++) {
      const cut = { kind: PayloadKind.parts, payload: (payload as Buffer).subarray(0, length) };
      expect(() => decodeBody(cut)).toThrow(SyntaxError);
    }
  });
});

it("a typed array's bytes are those of its view, not of its whole buffer", () => {
  const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
  expect(encodeBody(view)).toEqual({ kind: PayloadKind.bytes, payload: Buffer.from([2, 3]) });
});
