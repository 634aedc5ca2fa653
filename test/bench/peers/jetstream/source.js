// NATS JetStream, 1 of 3: publishes jobs, without waiting for the server to say that it has each; at most WINDOW are not
// yet acknowledged by the sink. Usage: source.js SERVER WINDOW
import jobs from "../../nodes/jobs.js";
import { createWindow } from "../window.js";
import { open } from "./streams.js";

const [server, size] = process.argv.slice(2);
const { nats, jetstream } = await open(server, "jobs");
const window = createWindow(Number(size));
nats.subscribe("acks", { callback: () => window.give() });
console.log("ready");

for await (const job of jobs()) {
  await window.take();
  // Rejected, it ends this process.
  jetstream.publish("jobs", JSON.stringify(job));
}
