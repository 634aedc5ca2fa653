// A pipeline by hand, 1 of 4: jobs go to the distributor, one a message; at most WINDOW are not yet acknowledged.
// Usage: source.js JOBS ACKS WINDOW
import { Pull, Push } from "zeromq";
import jobs from "../../nodes/jobs.js";
import { createWindow } from "../window.js";

const [jobsAddress, acksAddress, size] = process.argv.slice(2);
const out = new Push();
const acks = new Pull();
await acks.bind(acksAddress);
out.connect(jobsAddress);
console.log("ready");

const window = createWindow(Number(size));
const acknowledge = async () => {
  for await (const _ of acks) window.give();
};
const send = async () => {
  for await (const job of jobs()) {
    await window.take();
    await out.send(JSON.stringify(job));
  }
};
await Promise.all([acknowledge(), send()]);
