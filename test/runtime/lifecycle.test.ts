import { describe, expect, test } from "vitest";
import { advance, BORN, backoffMs, type Life, type LifeEvent } from "../../src/runtime/lifecycle.js";

const exit = (at = 0, limit = 3): LifeEvent => ({ type: "exit", at, limit });
const ready = (at = 0): LifeEvent => ({ type: "ready", at });
const live = (...events: readonly LifeEvent[]): Life => events.reduce(advance, BORN);

describe("the life of a child", () => {
  test("goes from starting by ready to running", () => {
    expect(live().state).toBe("starting");
    expect(live(ready()).state).toBe("ready");
    expect(live(ready(), { type: "serving" }).state).toBe("running");
  });

  test("an exit that nobody asked for leads to another start, which is counted", () => {
    expect(live(exit()).state).toBe("waiting");
    expect(live(exit(), { type: "spawned" })).toMatchObject({ state: "starting", restarts: 1 });
  });

  test("who is asked to leave for good leaves, whatever is asked of it then; who is to start again may be asked to leave", () => {
    const [leave, restart] = (["exited", "starting"] as const).map((next): LifeEvent => ({ type: "asked", next }));
    expect(live(ready(), leave!, restart!, exit()).state).toBe("exited");
    expect(live(ready(), restart!, leave!, exit()).state).toBe("exited");
    expect(live(ready(), restart!, exit()).state).toBe("waiting");
  });

  test("the back-off doubles from 100 ms to 5 s", () => {
    const waits = Array.from({ length: 8 }, (_, n) =>
      backoffMs(live(...Array.from({ length: n + 1 }, () => exit(0, 99)))),
    );
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test("the back-off begins again after it was ready for 10 s, not after less", () => {
    const troubled = live(exit(), { type: "spawned" }, exit(), { type: "spawned" }, ready(1_000));
    expect(backoffMs(advance(troubled, exit(11_000)))).toBe(100);
    expect(backoffMs(advance(troubled, exit(10_999)))).toBe(400);
  });

  test("as many exits in a row as the limit, without being ready between, make it failed", () => {
    expect(live(exit(), exit()).state).toBe("waiting");
    expect(live(exit(), exit(), exit()).state).toBe("failed");
    expect(live(exit(), exit(), { type: "spawned" }, ready(), exit()).state).toBe("waiting");
  });

  test("so do exits soon after being ready, of one that had not done its first job", () => {
    const unproven: LifeEvent = { type: "exit", at: 9_999, limit: 3, unproven: true };
    const again: readonly LifeEvent[] = [unproven, { type: "spawned" }, ready()];
    expect(live(ready(), ...again, ...again).state).toBe("ready");
    expect(live(ready(), ...again, ...again, unproven).state).toBe("failed");
    expect(live(ready(), ...again, exit(), { type: "spawned" }, ready(), ...again).unready).toBe(1);
    expect(live(ready(), ...again, { ...unproven, at: 10_000 })).toMatchObject({ state: "waiting", unready: 0 });
  });

  test("an exit that was asked for is the end", () => {
    expect(live(ready(), { type: "asked", next: "exited" }).state).toBe("draining");
    expect(live(ready(), { type: "asked", next: "exited" }, exit()).state).toBe("exited");
  });

  test("asked to end between two starts, it is not started again", () => {
    expect(live(exit(), { type: "asked", next: "exited" }).state).toBe("exited");
  });

  test("a restart that was asked for comes at once, even for a failed one", () => {
    const asked: LifeEvent = { type: "asked", next: "starting" };
    expect(backoffMs(live(exit(), exit(), exit(), asked))).toBe(0);
    const ended = live(ready(), asked, exit());
    expect([ended.state, backoffMs(ended)]).toEqual(["waiting", 0]);
  });
});
