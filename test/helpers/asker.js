// Asks a server for squares, as a host of its own can: node asker.js URL CLIENTS. Each line on its input is answered by
// a line that tells what it has seen; at the end of its input, it waits for the last answers and tells once more.
import { createInterface } from "node:readline";

const [url, clients] = process.argv.slice(2);
const seen = { answered: 0, wrong: [], by: {} };
let next = 0;
let over = false;

async function ask() {
  while (!over) {
    const n = next++;
    try {
      const response = await fetch(`${url}/?n=${n}`);
      const text = await response.text();
      const { square, worker } = response.status === 200 ? JSON.parse(text) : {};
      if (square !== n * n) seen.wrong.push(`${n}: ${response.status} ${text}`);
      seen.by[worker] = (seen.by[worker] ?? 0) + 1;
    } catch (error) {
      seen.wrong.push(`${n}: ${error}`);
    }
    seen.answered++;
  }
}

const asking = Promise.all(Array.from({ length: Number(clients) }, ask));
const tell = () => console.log(JSON.stringify(seen));
const lines = createInterface({ input: process.stdin });
lines.on("line", tell);
lines.on("close", async () => {
  over = true;
  await asking;
  tell();
});
