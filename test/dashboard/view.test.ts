import { describe, expect, test } from "vitest";
import { COLUMNS } from "../../src/dashboard/columns.js";
import { type History, remember } from "../../src/dashboard/history.js";
import { FIRST_STATE } from "../../src/dashboard/state.js";
import { textOf } from "../../src/dashboard/style.js";
import { rowWidth } from "../../src/dashboard/text.js";
import { view } from "../../src/dashboard/view.js";
import { edge, live, node, screen, snapshot, stage, times } from "./support.js";

const entry = { time: 0, node: "sum.1", text: "hello" };

describe("the screen", () => {
  test.each([
    [200, 50],
    [120, 30],
    [80, 24],
    [40, 10],
    [20, 3],
    [1, 1],
  ])("fills exactly %d×%d cells, whatever is shown", (width, height) => {
    const states = [
      {},
      { help: true },
      { panes: ["details" as const], focus: "nodes" as const },
      { panes: [] },
      { filter: "nothing is called so" },
      { prompt: { kind: "filter" as const, before: "" } },
    ];
    const logs = [{ ...entry, text: "漢字 🎉 ".repeat(50) }];
    const history = Array.from({ length: 300 }, () => snapshot()).reduce<History>(remember, []);
    for (const shown of [live({ logs, history }), live({ snapshot: undefined }), live({ link: "gone" })]) {
      for (const state of states) {
        const { rows } = view(shown, { ...FIRST_STATE, ...state }, { width, height });
        expect(rows).toHaveLength(height);
        expect(rows.map(rowWidth)).toEqual(rows.map(() => width));
      }
    }
  });

  test("has all of the help on 80×24, nothing cut off", () => {
    const lines = screen(live(), 80, 24, { help: true });
    expect(lines.join("\n")).not.toContain("…");
    const help = lines.join(" ");
    for (const { key, title } of COLUMNS) expect(help).toMatch(new RegExp(`${key} (\\w+ )?${title}`, "i"));
    expect(lines[22]).toContain("◆  ");
  });

  test("counts busy workers on other hosts too", () => {
    const workers = { wanted: 1, ready: 1, remote: 3, idle: 1 };
    const shown = live({ snapshot: snapshot({ stages: [stage("sum", { workers })] }) });
    expect(screen(shown, 80, 24)[5]).toMatch(/› sum◆? +3 +1 /);
    expect(screen(shown, 80, 24, { panes: ["details"] }).join("\n")).toContain("ready 1  remote 3  busy 3  idle 1");
  });

  test("shows all of a small run on 80×24", () => {
    expect(
      screen(live({ logs: [entry] }), 80, 24)
        .slice(0, 22)
        .join("\n"),
    ).toMatchInlineSnapshot(`
      " zpipe top  euler6  running 8s  separate, ipc  pid 27536     CPU 37 %  MEM 504M
       server http://127.0.0.1:8080                                200 × 276  503 × 2
              45 req/s               3 pending  p50 p90 p99 3.3ms 42ms 42ms
                      WORKERS ── QUEUE ───        JOBS/S   WAIT SERVICE
        STAGE       BUSY WANT DEPTH OLDEST FLIGHT    OUT    p99     p99   ERR CPU%
      › sum            1    2     0      -      1     45   19ms    73µs     0   12
        square◆        1    2   120     2s      1     45   19ms    73µs     3   12
        difference     0  0/1     0      -      1     45   19ms    73µs     0    8
      ─ graph ────────────────────────────────────────────────────────────────────────
              ┌─────────┐            server         → sum 45/s  → square 45/s
              │ server  │            sum ×2         → difference 45/s
              └────┬────┘            square ×2 ◆    → difference 45/s
           ┌───────┴──────┐          difference ×1  ↩ server 45/s
           ▼              ▼
      ┌─────────┐   ┌───────────┐    → every value  ↩ home  ◆ bottleneck
      │ sum ×2  │   │ square ×2 │
      └────┬────┘   └─────┬─────┘
           └───────┬──────┘
                   ▼
           ┌───────────────┐
           │ difference ×1 │
           │   ↩ server    │"
    `);
  });

  test("has a column for everything, and two panes beside each other, where there is room", () => {
    const history = [0, 10, 20].reduce<History>(
      (all, depth) => remember(all, snapshot({ stages: [stage("sum", { depth, outPerSecond: 20 - depth })] })),
      remember([], snapshot()).slice(1),
    );
    const shown = live({ history, snapshot: snapshot({ stages: [stage("sum", { depth: 20 })] }) });
    const lines = screen(shown, 180, 20);
    expect(lines.slice(2, 5).join("\n")).toMatchInlineSnapshot(`
      "             ────── WORKERS ───────  ─── QUEUE ───          ── JOBS/S ───  ──── WAIT ────  ─── SERVICE ────
        STAGE      BUSY  IDLE  WANT  LOAD  DEPTH  OLDEST  FLIGHT     IN     OUT     p50     p99      p50      p99    ERR  RETRY  CPU%    MEM  THROUGHPUT             DEPTH
      › sum◆          1     1     2   10%     20       -       1     45      45  0.56ms    19ms     44µs     73µs      0      0    12   168M                    █▅▁                    ▁▅█"
    `);
    expect(lines[5]).toMatch(/^─ graph ─+┬── log ─+$/);
  });

  test("keeps the column that it is sorted by, however narrow", () => {
    const lines = screen(live(), 50, 24, { sort: { column: "retries", descending: true } });
    expect(lines[4]).toContain("▼RETRY");
    expect(lines[5]).toMatch(/^› square◆ .* 1$/);
  });

  test("marks the bottleneck with a sign, in the table and in the graph", () => {
    const lines = screen(live(), 80, 24);
    expect(lines.filter((line) => line.includes("square") && line.includes("◆"))).toHaveLength(2);
  });

  test("has no bottleneck while nobody waits and nobody is busy", () => {
    const idle = snapshot({ stages: [stage("sum"), stage("square")] });
    expect(
      screen(live({ snapshot: idle }), 80, 24)
        .slice(0, 8)
        .join("\n"),
    ).not.toContain("◆");
  });

  test("tells workers that are wanted from those that are ready", () => {
    expect(screen(live(), 80, 24).find((line) => line.includes("difference"))).toMatch(/difference +0 +0\/1 /);
  });

  test("scrolls the stages so that the selected one is seen, and tells how many are not", () => {
    const many = snapshot({ stages: Array.from({ length: 40 }, (_, index) => stage(`stage${index}`)) });
    const lines = screen(live({ snapshot: many }), 80, 24, { stage: "stage33" });
    expect(lines.find((line) => line.startsWith("›"))).toContain("stage33");
    expect(lines.join("\n")).toMatch(/─ \d+ more stages ↕ ─ graph/);
  });

  test("says that the run is gone, since when, and that it is waited for", () => {
    const text = screen(live({ link: "gone", now: 66_000 }), 120, 24).join("\n");
    expect(text).toContain(" GONE ");
    expect(text).toContain("euler6 is gone, last heard of 65s ago; waiting for it to come back");
  });

  test("says that the run tells nothing, and that it is paused", () => {
    expect(screen(live({ now: 9_000 }), 80, 24)[0]).toContain(" SILENT for 8s ");
    expect(screen(live(), 80, 24, { paused: true })[0]).toContain(" PAUSED ");
  });

  test("shows sources in place of a server", () => {
    const batch = snapshot({
      server: undefined,
      edges: [edge("numbers", "sum"), edge("sum", "numbers", { loopback: true })],
      sources: [
        {
          name: "numbers",
          state: "reading",
          pending: 4096,
          done: 12_345,
          failed: 2,
          skipped: 0,
          after: [],
          donePerSecond: 833,
          progress: 0.48,
          latency: times(4, 9),
        },
      ],
    });
    expect(screen(live({ snapshot: batch }), 100, 24)[1]).toMatchInlineSnapshot(
      `" source numbers reading █████░░░░░ 48 %  833 jobs/s  12.3k done  4096 pending  p50 p99 4ms 9ms"`,
    );
  });

  test("marks what leads home, round again, and what is chosen, each with its rate", () => {
    const loop = snapshot({
      stages: [stage("step"), stage("out", { role: "sink" })],
      edges: [
        edge("server", "step", { perSecond: 9.5 }),
        edge("step", "step", { chosen: true, cycle: true, perSecond: 12_345 }),
        edge("step", "out", { chosen: true, perSecond: 0 }),
        edge("out", "server", { loopback: true }),
      ],
    });
    const lines = screen(live({ snapshot: loop }), 80, 24);
    const graph = lines.slice(lines.findIndex((line) => line.startsWith("─ graph"))).slice(1, 6);
    expect(graph.join("\n")).toMatchInlineSnapshot(`
      " ┌─────────┐     server   → step 9.5/s
       │ server  │     step ×2  ⇢ step ↺ 12.3k/s  ⇢ out 0/s
       └────┬────┘     out      ↩ server 45/s
            ▼
       ┌─────────┐     → every value  ⇢ chosen  ↩ home  ↺ cycle  ◆ bottleneck"
    `);
  });
});

describe("the details of a stage", () => {
  test("tell all that is known of it and of each of its nodes", () => {
    const lines = screen(live(), 80, 24, { stage: "square", panes: ["details"], focus: "nodes" });
    expect(lines.slice(8, 18).join("\n")).toMatchInlineSnapshot(`
      "─ details of square ────────────────────────────────────────────────────────────
      workers 2  ready 2  busy 1  idle 1  utilisation 97 %
      queued 120  oldest 2s  in flight 1  gathering 0
      received 277  done 276  failed 3  retried 1  dropped 0
      wait    p50 0.56ms  p90 19ms    p99 19ms    max 19ms    mean 0.56ms
      service p50 44µs    p90 73µs    p99 73µs    max 73µs    mean 44µs
      out/s                0      queued                0
        NODE      KIND         PID  STATE     RESTARTS    UP  CPU%    MEM
      › square    proxy      27548  running          0    8s     4    56M
        square.1  worker     27548  running          0    8s     4    56M"
    `);
  });

  test("show what workers advertise, as far as there is room", () => {
    const advertises = { tiles: ["4", "\u001b[7m7"] };
    const lines = (width: number) =>
      screen(live({ snapshot: snapshot({ nodes: [node("sum.1", "worker", { advertises })] }) }), width, 24, {
        panes: ["details"],
      });
    expect(lines(100).find((line) => line.includes("sum.1"))).toMatch(/ 56M {2}tiles=4,7$/);
    expect(lines(80).find((line) => line.includes("sum.1"))).toMatch(/ 56M {2}til/);
  });

  test("show the nodes around the selected one when they are many", () => {
    const workers = Array.from({ length: 50 }, (_, index) => node(`sum.${index + 1}`, "worker"));
    const many = snapshot({ stages: [stage("sum")], nodes: [node("sum", "proxy"), ...workers] });
    const lines = screen(live({ snapshot: many }), 80, 24, { panes: ["details"], focus: "nodes", node: "sum.40" });
    expect(lines.find((line) => line.startsWith("› sum.40"))).toBeDefined();
  });
});

describe("the log", () => {
  test("shows what nodes say as text, whatever it is", () => {
    const text = "\u001b[31mred\u001b[0m\u001b]0;title\u0007 {bold}tag{/bold}\ttab\r\nline \u202eback\u0000";
    const lines = screen(live({ logs: [{ ...entry, text, level: "error" }] }), 100, 24, { panes: ["logs"] });
    expect(lines.at(-2) === "" ? lines.find((line) => line.includes("red")) : lines.at(-2)).toMatch(
      /^\d\d:\d\d:\d\d sum\.1 error: red \{bold\}tag\{\/bold\} {4}tab line back$/,
    );
  });

  test("shows the latest lines that the filter leaves, or those that one has gone back to", () => {
    const logs = Array.from({ length: 100 }, (_, index) => ({ ...entry, text: `line ${index}` }));
    const shown = live({ logs, snapshot: snapshot({ stages: [stage("sum")] }) });
    expect(screen(shown, 80, 24, { panes: ["logs"] }).at(-2)).toMatch(/line 99$/);
    expect(screen(shown, 80, 24, { panes: ["logs"], logOffset: 10 }).at(-2)).toMatch(/line 89$/);
    expect(screen(shown, 80, 24, { panes: ["logs"], filter: "E 7" }).at(-2)).not.toMatch(/line 99/);
  });
});

test("what matters is told without colour: inversion, weight and signs are there in its place", () => {
  const { rows } = view(live(), FIRST_STATE, { width: 80, height: 24 });
  const selected = rows.find((row) => textOf(row).startsWith("›"))!;
  expect(selected.slice(0, -1).every(({ style }) => style.inverse)).toBe(true);
  const bottleneck = rows.find((row) => textOf(row).includes("◆"))!;
  expect(bottleneck.find(({ text }) => text.includes("square"))!.style.bold).toBe(true);
});
