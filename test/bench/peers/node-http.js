// The reference for HTTP with one stage: node:http alone, one process, computing in its only thread what the workers of
// topologies/one-stage.toml and prime.toml do. Usage: node-http.js [PORT]
import { createServer } from "node:http";
import addOne from "../nodes/add-one.js";
import isPrime from "../nodes/is-prime.js";

const answers = {
  "/add": (query) => addOne({ id: 0, n: Number(query.get("n")), pad: "" }),
  "/is_prime": (query) => isPrime({ possible_prime: Number(query.get("possible_prime")) }),
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const body = JSON.stringify(answers[pathname](searchParams));
  response.writeHead(200, { "content-type": "application/json; charset=utf-8", "content-length": body.length });
  response.end(body);
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
