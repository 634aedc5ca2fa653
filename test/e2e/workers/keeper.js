// A worker by JSON lines, which advertises what it was told to hold.
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const held = [];

say({ advertise: { things: ["always"] } });
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, value, abort } = JSON.parse(line);
  if (abort) return;
  if (value.hold === "nonsense") say({ advertise: { things: [{}] } });
  else if (value.hold) {
    held.push(value.hold);
    say({ advertise: { things: held } });
  }
  say({ id, value: process.env.ZPIPE_WORKER });
});
