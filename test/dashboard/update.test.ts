import { describe, expect, test } from "vitest";
import { sceneOf } from "../../src/dashboard/scene.js";
import { FIRST_STATE, type Intent, type UiState } from "../../src/dashboard/state.js";
import { update } from "../../src/dashboard/update.js";
import { node, snapshot } from "./support.js";

/** What is left, and all that is wanted, after these keys. */
function press(keys: readonly string[], from: Partial<UiState> = {}, shown = snapshot()) {
  let state: UiState = { ...FIRST_STATE, ...from };
  const intents: Intent[] = [];
  for (const key of keys) {
    const around = {
      scene: sceneOf(shown, state),
      shown: state.panes.slice(-2),
      nodes: shown.nodes,
      logLines: 100,
    };
    const updated = update(state, key, around);
    state = updated.state;
    if (updated.intent !== undefined) intents.push(updated.intent);
  }
  return { state, intents, scene: sceneOf(shown, state) };
}

describe("stages", () => {
  test("are selected by the arrows, in the order in which they stand", () => {
    expect(press(["down", "down", "up"]).state.stage).toBe("square");
    expect(press(["end"]).state.stage).toBe("difference");
    expect(press(["up"], {}).state.stage).toBe("sum");
  });

  test("stay selected when the order changes", () => {
    const { scene } = press(["down", "N"]);
    expect(scene.rows.map(({ stage }) => stage.name)).toEqual(["difference", "square", "sum"]);
    expect(scene.selected!.stage.name).toBe("square");
  });

  test("are sorted by a letter, and the other way round by the same", () => {
    expect(press(["D"]).scene.rows[0]!.stage.name).toBe("square");
    expect(press(["D", "D"]).scene.rows[2]!.stage.name).toBe("square");
    expect(press(["D", "escape"]).scene.rows[0]!.stage.name).toBe("sum");
  });

  test("are sorted by the next column with the arrows to the sides", () => {
    expect(press(["right", "right"]).state.sort).toEqual({ column: "busy", descending: true });
    expect(press(["right", "left"]).state.sort.column).toBeUndefined();
  });

  test("are filtered while one types; esc takes it back, enter keeps it", () => {
    expect(press(["/", "S", "q", "x", "backspace"]).scene.rows.map(({ stage }) => stage.name)).toEqual(["square"]);
    expect(press(["/", "s", "q", "enter", "q"]).state.filter).toBe("sq");
    expect(press(["/", "s", "q", "escape"]).state.filter).toBe("");
    expect(press(["/", "s", "enter", "escape"]).state.filter).toBe("");
  });

  test("are scaled by one", () => {
    expect(press(["down", "+", "-"]).intents).toEqual([
      { type: "scale", stage: "square", delta: 1 },
      { type: "scale", stage: "square", delta: -1 },
    ]);
  });

  test("are restarted worker by worker", () => {
    expect(press(["r"]).intents).toEqual([{ type: "restart", what: "sum", nodes: ["sum.1", "sum.2"] }]);
  });
});

describe("what is restarted", () => {
  test("is none that is leaving already", () => {
    const nodes = [node("sum.1", "worker"), node("sum.2", "worker", { state: "draining" })];
    expect(press(["r"], {}, snapshot({ nodes })).intents).toEqual([{ type: "restart", what: "sum", nodes: ["sum.1"] }]);
  });

  test("is a process once, whatever it hosts, and nothing of other hosts", () => {
    const shared = ["sum.1", "sum.2"].map((name) => node(name, "worker", { process: "main" }));
    const guest = node("far.sum.1", "worker", { stage: "sum", remote: true, pid: undefined });
    const own = node("sum.3", "worker");
    expect(press(["r"], {}, snapshot({ nodes: [...shared, own, guest] })).intents).toEqual([
      { type: "restart", what: "sum", nodes: ["sum.1", "sum.3"] },
    ]);
    const { intents, state } = press(["r"], {}, snapshot({ nodes: [node("sum", "proxy"), guest] }));
    expect([intents, state.notice?.text]).toEqual([[], expect.stringContaining("other hosts")]);
    expect(press(["d", "down", "r"], {}, snapshot({ nodes: [node("sum", "proxy"), guest] })).intents).toEqual([]);
  });
});

describe("nodes", () => {
  test("are selected in the details, and restarted alone", () => {
    expect(press(["d", "down", "r"]).intents).toEqual([{ type: "restart", what: "sum.1", nodes: ["sum.1"] }]);
  });

  test("are killed only after a yes", () => {
    expect(press(["k"]).state.prompt).toMatchObject({ question: "Kill sum.1 (worker, pid 27548)?" });
    expect(press(["k", "n"]).intents).toEqual([]);
    expect(press(["k", "enter"]).intents).toEqual([]);
    expect(press(["k", "y"]).intents).toEqual([{ type: "kill", node: "sum.1" }]);
    expect(press(["d", "k", "y"]).intents).toEqual([{ type: "kill", node: "sum" }]);
  });

  test("that share a process are killed together, and the question says so", () => {
    const shared = ["server", "sum", "sum.1"].map((name, index) => {
      return node(name, (["server", "proxy", "worker"] as const)[index]!, { process: "main" });
    });
    const { state } = press(["k"], {}, snapshot({ nodes: shared }));
    expect(state.prompt).toMatchObject({ question: "Kill sum.1 (worker, pid 27548) and 2 more in its process?" });
  });

  test("that have no process cannot be killed", () => {
    const nodes = [node("sum.1", "worker", { pid: undefined, state: "waiting" })];
    expect(press(["k"], {}, snapshot({ nodes })).state.prompt).toBeUndefined();
  });
});

describe("panes", () => {
  test("open and close with their letters", () => {
    expect(press(["g"]).state.panes).toEqual(["logs"]);
    expect(press(["g", "g"]).state.panes).toEqual(["logs", "graph"]);
    expect(press(["l"]).state.panes).toEqual(["graph"]);
  });

  test("go back one by one with esc", () => {
    const { state } = press(["d", "?", "escape", "escape"]);
    expect(state).toMatchObject({ help: false, focus: "stages", panes: ["logs", "graph"] });
  });

  test("of the log go back by pages, and not beyond its beginning", () => {
    expect(press(["pageup"]).state.logOffset).toBe(10);
    expect(press(["pageup", "pagedown", "pagedown"]).state.logOffset).toBe(0);
    expect(press(Array(50).fill("pageup")).state.logOffset).toBe(90);
  });
});

test("space pauses and goes on, ? helps, q quits, and Ctrl-C interrupts whatever is asked", () => {
  expect(press([" "]).state.paused).toBe(true);
  expect(press([" ", " "]).state.paused).toBe(false);
  expect(press(["?"]).state.help).toBe(true);
  expect(press(["q"]).intents).toEqual([{ type: "quit" }]);
  expect(press(["k", "C-c"]).intents).toEqual([{ type: "interrupt" }]);
});

test("keys do no harm while nothing is known of the run", () => {
  const empty = snapshot({ stages: [], nodes: [], edges: [] });
  const keys = ["down", "up", "left", "right", "d", "down", "r", "k", "+", "-", "enter", "D"];
  expect(press(keys, {}, empty).intents).toEqual([]);
});
