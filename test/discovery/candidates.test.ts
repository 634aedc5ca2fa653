import { expect, test } from "vitest";
import { Candidates } from "../../src/discovery/candidates.js";
import { isLoopback } from "../../src/topology/network.js";

const uuid = (n: number) => n.toString(16).padStart(32, "0");

test("whoever is heard is asked once, and again only after a pause that grows", () => {
  const candidates = new Candidates();
  candidates.hear({ uuid: uuid(1), port: 7 }, "10.0.0.1", 0);
  const one = candidates.next(0)!;
  expect(one).toMatchObject({ endpoint: "tcp://10.0.0.1:7" });
  expect(candidates.next(0)).toBeUndefined();
  candidates.fail(one, 0);
  expect(candidates.next(999)).toBeUndefined();
  expect(candidates.next(1000)).toBe(one);
  candidates.fail(one, 1000);
  expect(candidates.next(2999)).toBeUndefined();
  expect(candidates.next(3000)).toBe(one);
  candidates.forgive(3000);
  expect(candidates.next(3000)).toBe(one);
});

test("one that moves is somebody new, one that says goodbye or falls silent is nobody", () => {
  const candidates = new Candidates();
  candidates.hear({ uuid: uuid(1), port: 7 }, "10.0.0.1", 0);
  candidates.hear({ uuid: uuid(1), port: 8 }, "10.0.0.1", 0);
  expect(candidates.next(0)).toMatchObject({ endpoint: "tcp://10.0.0.1:8" });
  expect(candidates.size).toBe(1);
  candidates.hear({ uuid: uuid(1), port: 0 }, "10.0.0.1", 0);
  expect(candidates.size).toBe(0);
  // A goodbye from elsewhere is somebody else's.
  candidates.hear({ uuid: uuid(2), port: 7 }, "10.0.0.1", 0);
  candidates.hear({ uuid: uuid(2), port: 0 }, "10.0.0.2", 0);
  expect(candidates.next(10_000)).toBeUndefined();
  expect(candidates.next(0)).toMatchObject({ endpoint: "tcp://10.0.0.1:7" });
});

test("a flood of beacons fills a fixed number of places, and keeps nobody else from being asked", () => {
  const candidates = new Candidates();
  candidates.hear({ uuid: uuid(0), port: 7 }, "10.0.0.1", 0);
  for (let n = 1; n < 20_000; n++) candidates.hear({ uuid: uuid(n), port: 1 + (n % 60_000) }, "10.0.0.66", 0);
  expect(candidates.size).toBe(5);
  const asked = Array.from({ length: 5 }, () => candidates.next(0)!.endpoint);
  expect(asked).toContain("tcp://10.0.0.1:7");
  for (let n = 1; n < 20_000; n++) {
    candidates.hear({ uuid: uuid(n), port: 9 }, `10.${n % 256}.${(n >> 8) % 256}.1`, 0);
  }
  expect(candidates.size).toBe(64);
});

test("without keys only this machine is asked, whatever the network says", () => {
  const candidates = new Candidates(isLoopback);
  candidates.hear({ uuid: uuid(1), port: 7 }, "10.0.0.66", 0);
  expect(candidates.size).toBe(0);
  candidates.hear({ uuid: uuid(2), port: 7 }, "127.0.0.1", 0);
  expect(candidates.next(0)).toMatchObject({ endpoint: "tcp://127.0.0.1:7" });
});
