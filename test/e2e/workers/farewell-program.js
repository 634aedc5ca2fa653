import { createInterface } from "node:readline";

const { ZPIPE_WORKER: name } = process.env;

/** When its input has ended it writes its last lines in pieces, the last one without a line end. */
const input = createInterface({ input: process.stdin });
input.on("line", (line) => console.log(line));
input.on("close", () => {
  for (let i = 0; i < 60; i++) {
    process.stderr.write(`${name} says ${i} `);
    process.stderr.write(`${"=".repeat(800)}${i < 59 ? "\n" : ""}`);
  }
});
