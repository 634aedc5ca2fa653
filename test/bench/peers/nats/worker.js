// NATS, 2 of 3: one of the queue group "workers"; publishes what comes of each job. Usage: worker.js SERVER
import { connect } from "nats";
import addOne from "../../nodes/add-one.js";

const nats = await connect({ servers: process.argv[2], waitOnFirstConnect: true, reconnectTimeWait: 50 });
nats.subscribe("jobs", {
  queue: "workers",
  callback: (error, message) => {
    if (error) throw error;
    nats.publish("results", JSON.stringify(addOne(JSON.parse(message.string()))));
  },
});
await nats.flush();
console.log("ready");
