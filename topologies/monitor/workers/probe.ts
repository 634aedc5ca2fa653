import { freemem, hostname, loadavg, totalmem } from "node:os";
import type { Context } from "zpipe";
import type { Measurement } from "./board.js";

export default ({ tick }: { readonly tick: number }, { worker }: Context): Measurement => ({
  tick,
  probe: worker,
  host: hostname(),
  load: round(loadavg()[0]!),
  memory: round(1 - freemem() / totalmem()),
});

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
