// The source of every batch shape, for zpipe and for its peers: BENCH_JOBS says which jobs, as JSON.
//   {"kind":"endless"}                                      as fast as they are taken
//   {"kind":"count","total":100}                            so many
//   {"kind":"poisson","warmup":100,"total":100,"perSecond":270,"seed":1} at random times, 90 % of 1 ms of work, 10 % of
//     50 ms; before them, in the same way, some of 1 ms each
import { setTimeout as sleep } from "node:timers/promises";
import { now } from "../support/measure.js";

/** Brings `{"id":123456,"n":123456,"pad":"…"}` to 100 bytes. */
const pad = "x".repeat(67);

export default async function* jobs() {
  const asked = JSON.parse(process.env.BENCH_JOBS ?? '{"kind":"endless"}');
  const { kind, total } = asked;
  if (kind === "poisson") yield* poisson(asked);
  else for (let id = 0; kind === "endless" || id < total; id++) yield { id, n: id, pad };
}

/** A job arrives when its time has come, however busy its takers are: `at` is that time. */
async function* poisson({ warmup, total, perSecond, seed }) {
  const random = mulberry32(seed);
  let at = now() + 1000;
  for (let id = 0; id < warmup + total; id++) {
    at += (-Math.log(1 - random()) / perSecond) * 1000;
    const ms = id < warmup || random() < 0.9 ? 1 : 50;
    const wait = at - now();
    if (wait > 0) await sleep(wait);
    yield { id, at, ms, pad };
  }
}

/** A small generator of random numbers, so that rounds and contestants get the same arrivals. */
function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
