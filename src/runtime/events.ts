import type { LifecycleEvent, LifecycleNews, RunEvent, WatchOptions } from "../control/types.js";

type Listener = (event: RunEvent) => void;

/** Lifecycle events that are kept for those who come later. */
const MOST_PAST = 1000;

/** Tells what happens in a run to all that watch it. */
export class Events {
  readonly #listeners = new Set<Listener>();
  #past: LifecycleEvent[] = [];
  #number = 0;

  emit(event: RunEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Gives the news its number and its time. */
  happened(news: LifecycleNews): LifecycleEvent {
    const event = { ...news, number: ++this.#number, time: Date.now() };
    this.#past.push(event);
    // Cut by the half: seldom, and no shift of a thousand for each.
    if (this.#past.length >= 2 * MOST_PAST) this.#past = this.#past.slice(-MOST_PAST);
    this.emit({ type: "lifecycle", event });
    return event;
  }

  /** Calls with the past, if it is wanted, and with what `first` gives, before it returns; then with what comes. */
  watch(onEvent: Listener, first: () => RunEvent, { types, past = false }: WatchOptions = {}): () => void {
    const isWanted = ({ type }: RunEvent) => types === undefined || type === "state" || types.includes(type);
    const listener: Listener = (event) => {
      if (isWanted(event)) onEvent(event);
    };
    if (past) for (const event of this.#past.slice(-MOST_PAST)) listener({ type: "lifecycle", event });
    if (types === undefined || types.includes("snapshot")) onEvent(first());
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
