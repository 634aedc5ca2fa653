import { expect, test } from "vitest";
import { nearest, typingDistance } from "../../src/topology/nearest.js";

test.each([
  ["square", "square", 0],
  ["wrokers", "workers", 1],
  ["squar", "square", 1],
  ["sqare", "square", 1],
  ["hub", "huge", 2],
  ["", "abc", 3],
])("from %j to %j it takes %i mistakes", (a, b, distance) => {
  expect(typingDistance(a, b)).toBe(distance);
});

test("the nearest name is the one with the fewest mistakes", () => {
  expect(nearest("squar", ["sum", "squares", "square"])).toBe("square");
});

test("a name that is too far away is not suggested", () => {
  expect(nearest("other", ["sum", "square"])).toBeUndefined();
  expect(nearest("x", ["a", "b"])).toBeUndefined();
});

test("case alone makes a name near", () => {
  expect(nearest("SQUARE", ["square"])).toBe("square");
});
