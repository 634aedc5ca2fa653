// NATS JetStream, 3 of 3: takes results, and acknowledges each to the server and to the source. Usage: sink.js SERVER
import sink from "../../nodes/sink.js";
import { open, take } from "./streams.js";

const [server] = process.argv.slice(2);
const results = await open(server, "results");
await take(results, "results", (message) => {
  sink(JSON.parse(message.string()));
  message.ack();
  results.nats.publish("acks");
});
console.log("ready");
