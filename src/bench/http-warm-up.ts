import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoadOrder } from "../plan/load.js";
import { httpSender } from "./http-sender.js";

const REQUESTS = 5_000;
const LONGEST_MS = 2_000;
const CONNECTIONS = 16;

/**
 * Has this thread's HTTP client compiled before it is used. Cold, it takes ten times the CPU for a request; on a machine
 * that the topology keeps busy it would not get hot within the warm-up, and would be measured itself.
 */
export async function warmUpClient(): Promise<void> {
  const server = createServer((_, response) => response.end("{}"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const sender = httpSender(`http://127.0.0.1:${port}`, ORDER);
  const endAt = performance.now() + LONGEST_MS;
  let sent = 0;
  const sendInTurn = () =>
    new Promise<void>((resolve) => {
      const next = () => {
        if (sent++ < REQUESTS && performance.now() < endAt) sender.send(0, next);
        else resolve();
      };
      next();
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, sendInTurn));
  await sender.close();
  server.close();
}

const ORDER: Pick<LoadOrder, "samples" | "connections"> = {
  samples: [{ method: "GET", target: "/", body: undefined, status: 200, answer: undefined }],
  connections: CONNECTIONS,
};
