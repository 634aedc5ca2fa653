let name;

export function setup({ worker }) {
  name = worker;
}

export default (job) => job;

/** More than a pipe holds. */
export function teardown() {
  for (let i = 0; i < 800; i++) process.stdout.write(`${name} says ${i} ${"=".repeat(80)}\n`);
}
