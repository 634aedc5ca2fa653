import type { Control, RunEvent } from "../control/types.js";
import { messageOf, ZpipeError } from "../errors.js";
import { type History, remember } from "./history.js";
import type { Link, Live } from "./live.js";
import { matching } from "./log-pane.js";
import { LogTail } from "./log-tail.js";
import { sceneOf } from "./scene.js";
import type { Screen, ScreenOptions } from "./screen.js";
import { FIRST_STATE, type Intent, type Pane, type UiState } from "./state.js";
import { BAD, GOOD, PLAIN, type Style } from "./style.js";
import { update } from "./update.js";
import { view } from "./view.js";

export interface DashboardOptions {
  /** Of the run. */
  readonly name: string;
  /** The run, if it is there; called again and again when it was not. */
  readonly find: () => Promise<Control | undefined>;
  /** Ctrl-C; when it gives false, the dashboard closes. */
  readonly onInterrupt: () => boolean;
  readonly open: (events: Pick<ScreenOptions, "onKey" | "onResize">) => Screen;
}

/** How often a run that is gone is looked for, and what tells the time is drawn again. */
const TICK_MS = 1_000;
/** Keys and log lines that come faster are drawn together. */
const FRAME_MS = 40;

/** Shows a run on a terminal and does with it what the user wants. */
export class Dashboard {
  /** The user has had enough. */
  readonly closed: Promise<void>;
  readonly #options: DashboardOptions;
  readonly #screen: Screen;
  readonly #ticks: NodeJS.Timeout;
  #close!: () => void;
  #ui: UiState = FIRST_STATE;
  #control: Control | undefined;
  #unwatch = () => {};
  #link: Link = "live";
  #snapshot: Live["snapshot"];
  #history: History = [];
  readonly #logs = new LogTail();
  /** The run has told its past, and tells now what happens. */
  #upToDate = false;
  #heardAt = Date.now();
  /** What is shown while it is paused; whether the run is there is told all the same. */
  #frozen: Pick<Live, "snapshot" | "history" | "logs"> | undefined;
  #frame: NodeJS.Timeout | undefined;
  #looking = false;
  /** The terminal is somebody else's again: nothing may be drawn on it. */
  #isClosed = false;
  /** The panes on the screen. */
  #shown: readonly Pane[] = [];

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#screen = options.open({ onKey: (key) => this.#onKey(key), onResize: () => this.#draw() });
    this.#ticks = setInterval(() => this.#tick(), TICK_MS);
    void this.#look();
    this.#draw();
  }

  /** Gives the terminal back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#ticks);
    clearTimeout(this.#frame);
    this.#unwatch();
    this.#screen.close();
    this.#close();
  }

  #tick(): void {
    if (this.#control === undefined) void this.#look();
    this.#changed();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const control = await this.#options.find().catch(() => undefined);
    this.#looking = false;
    if (this.#isClosed) return;
    if (control === undefined) {
      this.#link = "gone";
    } else {
      // Another run of the same name has nothing to do with what the last one did.
      this.#history = [];
      this.#control = control;
      this.#link = "live";
      this.#heardAt = Date.now();
      this.#upToDate = false;
      this.#logs.begin();
      this.#unwatch = control.watch((event) => this.#onEvent(event), { past: true });
    }
    this.#changed();
  }

  #onEvent(event: RunEvent): void {
    switch (event.type) {
      case "snapshot":
        this.#snapshot = event.snapshot;
        this.#history = remember(this.#history, event.snapshot);
        this.#heardAt = Date.now();
        this.#upToDate = true;
        break;
      case "log":
        this.#logs.add(event.entry);
        if (this.#frozen === undefined) this.#keepPlace(matching([event.entry], this.#ui.filter).length);
        break;
      case "lifecycle":
        // What happens from now on comes as a line of the log too.
        if (!this.#upToDate) this.#logs.recall(event.event);
        break;
      case "state":
        if (event.state === "ended") this.#lose();
        break;
    }
    this.#changed();
  }

  #lose(): void {
    this.#unwatch();
    this.#unwatch = () => {};
    this.#control = undefined;
    this.#link = "gone";
  }

  #onKey(key: string): void {
    const live = this.#live();
    const { state, intent } = update(this.#ui, key, {
      scene: sceneOf(live.snapshot, this.#ui),
      shown: this.#shown,
      nodes: live.snapshot?.nodes ?? [],
      logLines: matching(live.logs, this.#ui.filter).length,
    });
    const wasPaused = this.#ui.paused;
    this.#ui = state;
    if (state.paused && !wasPaused) this.#freeze(live);
    if (!state.paused && wasPaused) this.#goOn(live.logs.length);
    if (intent !== undefined) void this.#perform(intent);
    this.#changed();
  }

  #freeze({ snapshot, history, logs }: Live): void {
    this.#frozen = { snapshot, history, logs: [...logs] };
  }

  #goOn(lines: number): void {
    this.#frozen = undefined;
    this.#keepPlace(matching(this.#logs.entries.slice(lines), this.#ui.filter).length);
  }

  /** The lines that somebody reads stay where they are when others come. */
  #keepPlace(more: number): void {
    if (this.#ui.logOffset > 0) this.#ui = { ...this.#ui, logOffset: this.#ui.logOffset + more };
  }

  async #perform(intent: Intent): Promise<void> {
    if (intent.type === "quit" || (intent.type === "interrupt" && !this.#options.onInterrupt())) return this.close();
    if (intent.type === "interrupt") return;
    const control = this.#control;
    if (control === undefined) return this.#tell("the run is not there", BAD);
    this.#tell(`${doing(intent)} …`, PLAIN);
    try {
      this.#tell(await perform(control, intent), GOOD);
    } catch (error) {
      this.#tell(messageOf(error), BAD);
    }
  }

  #tell(text: string, style: Style): void {
    this.#ui = { ...this.#ui, notice: { text, style } };
    this.#changed();
  }

  #live(): Live {
    const { name } = this.#options;
    const now = Date.now();
    return {
      name,
      link: this.#link,
      snapshot: this.#snapshot,
      history: this.#history,
      logs: this.#logs.entries,
      heardAt: this.#heardAt,
      now,
      ...this.#frozen,
    };
  }

  #changed(): void {
    if (!this.#isClosed) this.#frame ??= setTimeout(() => this.#draw(), FRAME_MS);
  }

  #draw(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    const { rows, shown } = view(this.#live(), this.#ui, this.#screen.size);
    this.#shown = shown;
    this.#screen.paint(rows);
  }
}

type Wish = Exclude<Intent, { readonly type: "quit" | "interrupt" }>;

function doing(wish: Wish): string {
  switch (wish.type) {
    case "scale":
      return `scaling ${wish.stage} by ${wish.delta > 0 ? "+1" : "-1"}`;
    case "restart":
      return `restarting ${wish.what}`;
    case "kill":
      return `killing ${wish.node}`;
  }
}

/** What has been done. */
async function perform(control: Control, wish: Wish): Promise<string> {
  switch (wish.type) {
    case "scale": {
      const { stages } = await control.scale([{ stage: wish.stage, to: { delta: wish.delta } }]);
      return stages.map(({ stage, before, after }) => `${stage}: ${before} → ${after} workers`).join(", ");
    }
    case "restart":
      for (const node of wish.nodes) await restart(control, node, wish.what);
      return `${wish.what} was restarted`;
    case "kill":
      await control.kill(wish.node);
      return `${wish.node} was killed; it is started again`;
  }
}

/** Who leaves, or has left since the stage was looked at, is passed over, unless it alone is wished for. */
async function restart(control: Control, node: string, what: string): Promise<void> {
  try {
    await control.restart(node);
  } catch (error) {
    const isLeaving = error instanceof ZpipeError && (error.code === "node-leaving" || error.code === "unknown-node");
    if (!isLeaving || node === what) throw error;
  }
}
