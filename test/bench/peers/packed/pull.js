// Takes the frames of push.js apart, and looks at no byte of a job. Usage: pull.js ADDRESS
import { Pull } from "zeromq";
import { rateMeter } from "../../support/measure.js";

const pull = new Pull();
await pull.bind(process.argv[2]);
console.log("ready");

const count = rateMeter();
for await (const [frame] of pull) {
  for (let at = 0; at < frame.length; ) {
    const start = at + 4;
    at = start + frame.readUInt32LE(at);
    if (frame.subarray(start, at).length !== 100) throw new Error("a broken frame");
    count();
  }
}
