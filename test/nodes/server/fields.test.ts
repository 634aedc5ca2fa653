import { describe, expect, test } from "vitest";
import { fieldsDecoder, type Place } from "../../../src/nodes/server/fields.js";
import type { RequestProblem } from "../../../src/nodes/server/problem.js";
import type { Field } from "../../../src/topology/types.js";
import { field } from "./helpers.js";

function decode(one: Field, place: Place, raw: unknown): unknown {
  const values: Record<string, unknown> = {};
  const problems: RequestProblem[] = [];
  fieldsDecoder([one], place)(raw === undefined ? {} : { [one.name]: raw }, values, problems);
  return problems.length > 0 ? problems.map((problem) => problem.message).join("; ") : values[one.name];
}

const query = (one: Field, raw: unknown) => decode(one, "query", raw);
const body = (one: Field, raw: unknown) => decode(one, "body", raw);

describe("an integer of a query", () => {
  const n = field("n", "integer");

  test.each([
    ["42", 42],
    ["-42", -42],
    ["+42", 42],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["-9007199254740991", Number.MIN_SAFE_INTEGER],
  ])("%j is read exactly", (text, value) => {
    expect(query(n, text)).toBe(value);
  });

  test("-0 is 0", () => {
    expect(query(n, "-0")).toBe(0);
  });

  test.each(["1.5", "", "abc", "1e3", " 1", "1 ", "0x10", "--1", "1_000", "NaN", "Infinity", "١"])(
    "%j is none",
    (text) => {
      expect(query(n, text)).toBe(`"n" must be an integer, not ${JSON.stringify(text)}`);
    },
  );

  test.each(["9007199254740992", "-9007199254740992", "9".repeat(400)])("%j is out of the exact range", (text) => {
    expect(query(n, text)).toBe(
      '"n" must be between -9007199254740991 and 9007199254740991, the largest exact integer; a "bigint" takes any size',
    );
  });
});

test("a bigint is a number while that is exact", () => {
  const n = field("n", "bigint");
  expect(query(n, "5")).toBe(5);
  expect(query(n, "-00009007199254740993")).toBe(-9007199254740993n);
  expect(query(n, "+9007199254740993")).toBe(9007199254740993n);
  expect(query(n, "1.0")).toContain("must be an integer");
  expect(body(n, 9007199254740993n)).toBe(9007199254740993n);
  expect(body(n, 1e30)).toContain("must be an integer written out in digits");
});

test("a number is finite", () => {
  const x = field("x", "number");
  expect(query(x, "-1.5e3")).toBe(-1500);
  expect(query(x, ".5")).toBe(0.5);
  for (const text of ["", " ", "1e999", "Infinity", "NaN", "0x1", "1,5"]) {
    expect(query(x, text)).toContain("must be a number");
  }
  expect(body(x, 1.5)).toBe(1.5);
  expect(body(x, Number.POSITIVE_INFINITY)).toContain("a double can hold");
  expect(body(x, "1")).toBe('"x" must be a number, not "1"');
});

test("a boolean may be a digit in a query, and only itself in a body", () => {
  const b = field("b", "boolean");
  expect(["true", "1", "false", "0"].map((text) => query(b, text))).toEqual([true, true, false, false]);
  expect(query(b, "yes")).toContain('must be "true" or "false"');
  expect(body(b, true)).toBe(true);
  expect(body(b, 1)).toBe('"b" must be true or false, not 1');
});

test("JSON of a query is parsed with exact integers", () => {
  expect(query(field("j", "json"), '{"a":9007199254740993}')).toEqual({ a: 9007199254740993n });
  expect(query(field("j", "json"), "{")).toContain("must be JSON");
  expect(body(field("j", "json"), null)).toBeNull();
});

test("a body's values are not coerced", () => {
  const n = field("n", "integer");
  expect(body(n, 1)).toBe(1);
  for (const raw of ["1", 1.5, true, null, [1], {}]) expect(body(n, raw)).toContain("must be an integer");
  expect(body(n, 1e20)).toContain("the largest exact integer");
  expect(body(n, 10n ** 20n)).toContain("the largest exact integer");
  expect(body(field("s", "string"), 5)).toBe('"s" must be a string, not 5');
});

test("repeated keys make an array, one key an array of one", () => {
  const n = field("n", "integer", { array: true });
  expect(query(n, ["1", "2"])).toEqual([1, 2]);
  expect(query(n, "1")).toEqual([1]);
  expect(query(n, ["1", "x", "2", ""])).toBe('"n[1]" must be an integer, not "x"; "n[3]" must be an integer, not ""');
  expect(body(n, [])).toEqual([]);
  expect(body(n, 1)).toBe('"n" must be an array');
});

test("a single value given twice is refused", () => {
  expect(query(field("n", "integer"), ["1", "2"])).toBe('"n" takes one value, but was given 2 times');
});

test("an absent value is required, defaulted or left out", () => {
  expect(query(field("n", "integer"), undefined)).toBe('"n" is required');
  expect(query(field("n", "integer", { array: true }), undefined)).toBe('"n" is required');
  expect(query(field("n", "integer", { required: false }), undefined)).toBeUndefined();
  expect(query(field("n", "integer", { required: false, default: 7 }), undefined)).toBe(7);
});

test("what an object inherits was not sent", () => {
  expect(body(field("constructor", "json"), undefined)).toBe('"constructor" is required');
});

test("min, max, enum and the number of items are checked", () => {
  const n = field("n", "integer", { min: 1, max: 9 });
  expect(query(n, "1")).toBe(1);
  expect(query(n, "0")).toBe('"n" must be at least 1, not "0"');
  expect(query(n, "10")).toBe('"n" must be at most 9, not "10"');
  expect(query(field("n", "bigint", { max: 9 }), "9".repeat(30))).toContain("must be at most 9");
  expect(query(field("s", "string", { enum: ["a", "b"] }), "c")).toBe('"s" must be one of "a", "b", not "c"');
  expect(query(field("n", "integer", { enum: [1, 2] }), "2")).toBe(2);
  const two = field("n", "integer", { array: true, maxItems: 2 });
  expect(query(two, ["1", "2", "3"])).toBe('"n" takes at most 2 items, but has 3');
});

test("a long value is cut where it is quoted, a long list of problems ends", () => {
  expect((query(field("n", "integer"), "x".repeat(5000)) as string).length).toBeLessThan(100);
  const problems: RequestProblem[] = [];
  const many = field("n", "integer", { array: true });
  fieldsDecoder([many], "body")({ n: new Array(1e5).fill("x") }, {}, problems);
  expect(problems).toHaveLength(100);
});
