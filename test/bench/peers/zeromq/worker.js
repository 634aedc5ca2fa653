// A pipeline by hand, 3 of 4: grants CREDITS, handles jobs (CONCURRENCY at a time), and sends the sink what comes of them.
// Usage: worker.js WORK RESULTS HANDLER CREDITS CONCURRENCY
import { Dealer, Push } from "zeromq";
import { createWindow } from "../window.js";
import { outbox } from "./outbox.js";

const [workAddress, resultsAddress, module, credits, concurrency] = process.argv.slice(2);
const { default: handler } = await import(`../../nodes/${module}.js`);
const work = new Dealer();
const results = new Push();
work.connect(workAddress);
results.connect(resultsAddress);
console.log("ready");

const sendResult = outbox(results);
const grant = outbox(work);
for (let credit = 0; credit < Number(credits); credit++) grant("");

const running = createWindow(Number(concurrency));
const handle = async (job) => {
  sendResult(JSON.stringify(await handler(JSON.parse(job))));
  grant("");
  running.give();
};
for await (const [job] of work) {
  await running.take();
  handle(job);
}
