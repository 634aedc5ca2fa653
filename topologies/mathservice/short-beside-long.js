// How long short requests take beside a thousand long ones.
// Usage: node short-beside-long.js [URL] [LONG REQUESTS] [TERMS OF EACH] [SHORT REQUESTS]
import { Agent, get } from "node:http";

const [url = "http://127.0.0.1:8003", longs = "1000", terms = "1000000", shorts = "300"] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

await Promise.all([ask(sum(10, "one")), ask(sum(10, "many"))]);
console.log(`alone:                  ${await timed(Number(shorts))}`);
let pending = Number(longs);
const crowd = Array.from({ length: pending }, () => ask(sum(terms, "many")).finally(() => pending--));
// Every one of them is in the graph when a request that was sent after them has been answered.
await ask(sum(10, "many"));
console.log(`beside ${pending} long ones:  another client's ${await timed(Number(shorts), "one")}`);
console.log(`beside ${pending} long ones:  the same client's ${await timed(20, "many")}`);
agent.destroy();
await Promise.allSettled(crowd);

/** One after the other. */
async function timed(count, client = "one") {
  const times = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    await ask(sum(10, client));
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const at = (share) => `${times[Math.ceil(share * count) - 1].toFixed(1)} ms`;
  return `p50 ${at(0.5)}, p99 ${at(0.99)} (${count} requests)`;
}

function sum(to, client) {
  return `${url}/sum?c=0&c=0&c=1&to=${to}&client=${client}`;
}

function ask(target) {
  return new Promise((resolve, reject) => {
    get(target, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${target}: ${response.statusCode}`));
      response.resume().on("end", resolve).on("error", reject);
    }).on("error", reject);
  });
}
