// Sends back what comes. Usage: rep.js ADDRESS
import { Reply } from "zeromq";

const reply = new Reply();
await reply.bind(process.argv[2]);
console.log("ready");
for await (const [job] of reply) await reply.send(job);
