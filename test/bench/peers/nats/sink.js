// NATS, 3 of 3: takes results and acknowledges each to the source. Usage: sink.js SERVER
import { connect } from "nats";
import sink from "../../nodes/sink.js";

const nats = await connect({ servers: process.argv[2], waitOnFirstConnect: true, reconnectTimeWait: 50 });
nats.subscribe("results", {
  callback: (error, message) => {
    if (error) throw error;
    sink(JSON.parse(message.string()));
    nats.publish("acks");
  },
});
await nats.flush();
console.log("ready");
