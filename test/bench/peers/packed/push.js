// The most that ZeroMQ carries from one process to another here: 64 jobs of 100 bytes in one frame. Usage: push.js ADDRESS
import { Push } from "zeromq";

const JOBS = 64;
const job = Buffer.alloc(100, "x");
const push = new Push();
push.connect(process.argv[2]);
console.log("ready");

for (;;) {
  const frame = Buffer.allocUnsafe(JOBS * (4 + job.length));
  for (let at = 0; at < frame.length; at += job.length) {
    at = frame.writeUInt32LE(job.length, at);
    frame.set(job, at);
  }
  await push.send(frame);
}
