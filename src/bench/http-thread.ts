import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { Load } from "../load/load.js";
import type { LoadOrder } from "../plan/load.js";
import { httpSender } from "./http-sender.js";
import { warmUpClient } from "./http-warm-up.js";

/** Entry of a thread that makes a load over HTTP: says that it is ready, waits for the word, and gives its report. */
const { url, order } = workerData as { readonly url: string; readonly order: LoadOrder };
const port = parentPort!;

const sender = httpSender(url, order);
const load = new Load(order, {
  send: sender.send,
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
});
await warmUpClient();
port.postMessage("ready");
await once(port, "message");
const report = await load.run();
await sender.close();
port.postMessage(report);
port.close();
