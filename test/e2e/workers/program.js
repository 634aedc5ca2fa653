import { createInterface } from "node:readline";

/** Speaks JSON lines, answers out of order, and does what it is asked to. */
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, value, abort } = JSON.parse(line);
  if (abort) return;
  setImmediate(() => process.stdout.write(`${JSON.stringify({ id, ...answerTo(value) })}\n`));
});

function answerTo(value) {
  if (value.fail) return { error: value.fail, status: 418 };
  if (value.say) return { reply: { said: value.say }, status: 201, headers: { "x-program": "yes" } };
  if (value.drop) return { drop: true };
  if (value.double) return { to: "double", value: { n: value.double } };
  return { value: { echo: value, greeting: process.env.GREETING, stage: process.env.ZPIPE_STAGE } };
}
