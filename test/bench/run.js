// Runs the shapes that are named, or all: npm run bench -- [shape …] [--rounds N …]; `install` gets the peers' packages.
import { spawnSync } from "node:child_process";
import { bench } from "./support/harness.js";

const SHAPES = ["http", "latency", "prime", "pipeline", "roundtrip", "sleep", "trace", "uneven"];

const given = process.argv.slice(2);
const firstFlag = given.findIndex((word) => word.startsWith("-"));
const words = firstFlag === -1 ? given : given.slice(0, firstFlag);
const flags = given.slice(words.length);
const unknown = words.filter((word) => word !== "install" && !SHAPES.includes(word));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are install, ${SHAPES.join(", ")}`);
  process.exit(2);
}
for (const word of words.length > 0 ? words : SHAPES) {
  const [command, args] =
    word === "install"
      ? ["npm", ["ci", "--prefix", bench("peers")]]
      : [process.execPath, [bench(`${word}.js`), ...flags]];
  if (word !== "install") console.log(`## ${word}\n`);
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
