// NATS, 1 of 3: publishes jobs; at most WINDOW are not yet acknowledged. Usage: source.js SERVER WINDOW
import { connect } from "nats";
import jobs from "../../nodes/jobs.js";
import { createWindow } from "../window.js";

const [servers, size] = process.argv.slice(2);
const nats = await connect({ servers, waitOnFirstConnect: true, reconnectTimeWait: 50 });
const window = createWindow(Number(size));
nats.subscribe("acks", { callback: () => window.give() });
console.log("ready");

for await (const job of jobs()) {
  await window.take();
  nats.publish("jobs", JSON.stringify(job));
}
