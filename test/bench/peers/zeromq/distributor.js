// A pipeline by hand, 2 of 4: gives each job to the worker whose credit is the oldest. Usage: distributor.js JOBS WORK
import { Pull, Router } from "zeromq";
import { outbox } from "./outbox.js";

const [jobsAddress, workAddress] = process.argv.slice(2);
const source = new Pull();
const workers = new Router();
await Promise.all([source.bind(jobsAddress), workers.bind(workAddress)]);
console.log("ready");

const jobs = [];
const credits = [];
const send = outbox(workers);

const takeJobs = async () => {
  for await (const [job] of source) {
    if (credits.length > 0) send([credits.shift(), job]);
    else jobs.push(job);
  }
};
const takeCredits = async () => {
  for await (const [worker] of workers) {
    if (jobs.length > 0) send([worker, jobs.shift()]);
    else credits.push(worker);
  }
};
await Promise.all([takeJobs(), takeCredits()]);
