import { expect, it } from "vitest";
import { decodeJson, encodeJson } from "../../src/protocol/json.js";

it.each([
  ["9007199254740993", 9007199254740993n],
  ["-123456789012345678901234567890", -123456789012345678901234567890n],
  ["9007199254740991", 9007199254740991],
  ['{"a":[12345678901234567890]}', { a: [12345678901234567890n] }],
  ['{"id":"1234567890123456789"}', { id: "1234567890123456789" }],
  ["0.1234567890123456789", 0.12345678901234568],
  ["1e20", 1e20],
])("%s is read exactly", (text, value) => {
  expect(decodeJson(text)).toEqual(value);
});

it("bigints are written as plain digits, among everything else", () => {
  expect(encodeJson({ sum: 2n ** 70n, list: [1, null, "x"] })).toBe(
    '{"sum":1180591620717411303424,"list":[1,null,"x"]}',
  );
});

it("what JSON cannot say is null, as in an array", () => {
  expect(encodeJson(undefined)).toBe("null");
});

it("a circle is an error, not an endless loop", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(() => encodeJson(circle)).toThrow(TypeError);
});

it("text that is not JSON is a SyntaxError on both ways of reading it", () => {
  expect(() => decodeJson("{nope")).toThrow(SyntaxError);
  expect(() => decodeJson("[12345678901234567890")).toThrow(SyntaxError);
});
