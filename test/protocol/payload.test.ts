import { describe, expect, it } from "vitest";
import { decodeBody, encodeBody, type Gathered, gather, PayloadKind } from "../../src/protocol/payload.js";

const one = (name: string, value: unknown): Gathered => ({ name, many: false, parts: [encodeBody(value)] });
const many = (name: string, ...values: unknown[]): Gathered => ({ name, many: true, parts: values.map(encodeBody) });

describe("gathered parts", () => {
  it("are an object by stage", () => {
    const body = gather([one("sum", 14), one("square", { value: 36 })], false);
    expect(body.kind).toBe(PayloadKind.json);
    expect(decodeBody(body)).toEqual({ sum: 14, square: { value: 36 } });
  });

  it("of one stage are an array when they are many, even if there are none", () => {
    expect(decodeBody(gather([many("a", 1, 2), one("b", 3), many("c")], false))).toEqual({ a: [1, 2], b: 3, c: [] });
  });

  it("are bare when the join says so", () => {
    expect(decodeBody(gather([many("a", 1, 2)], true))).toEqual([1, 2]);
    expect(decodeBody(gather([many("a")], true))).toEqual([]);
    expect(decodeBody(gather([one("a", 1)], true))).toBe(1);
  });

  it("may be bytes, beside JSON", () => {
    const image = Buffer.from([0, 255, 128]);
    const body = gather([many("a", image, Buffer.from("x")), one("b", { n: 1 })], false);
    expect(body.kind).toBe(PayloadKind.parts);
    expect(decodeBody(body)).toEqual({ a: [image, Buffer.from("x")], b: { n: 1 } });
    expect(decodeBody(gather([one("a", image)], true))).toEqual(image);
  });

  it("are refused when cut short at any byte", () => {
    const { payload } = gather([one("a", Buffer.from("xyz"))], true);
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
