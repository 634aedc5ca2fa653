// The reference for HTTP throughput: node:http alone, one process, computing the same as topologies/euler6.toml.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const query = new URLSearchParams(request.url.slice(request.url.indexOf("?")));
  let sum = 0;
  let total = 0;
  for (const text of query.getAll("n")) {
    const value = Number(text);
    sum += value * value;
    total += value;
  }
  const body = JSON.stringify({ sum, square: total * total, diff: total * total - sum });
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
