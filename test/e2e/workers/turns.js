let turn = 0;

/** Tells which turn a job had; the one called "hold" lasts until its client hangs up. */
export default ({ name }, { signal }) =>
  name === "hold"
    ? new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    : { name, turn: ++turn };
