// A pipeline by hand, 4 of 4: takes results and acknowledges each to the source. Usage: sink.js RESULTS ACKS
import { Pull, Push } from "zeromq";
import sink from "../../nodes/sink.js";
import { outbox } from "./outbox.js";

const [resultsAddress, acksAddress] = process.argv.slice(2);
const results = new Pull();
const acks = new Push();
await results.bind(resultsAddress);
acks.connect(acksAddress);
console.log("ready");

const acknowledge = outbox(acks);
for await (const [result] of results) {
  sink(JSON.parse(result));
  acknowledge("");
}
