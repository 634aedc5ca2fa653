import { Router } from "zeromq";
import { z85 } from "./z85.js";

/** Whether the holder of a public key may connect; asked at every handshake. */
export type Guard = (publicKey: string, address: string) => boolean | Promise<boolean>;

/** Where libzmq asks, for all sockets of this process: the ZeroMQ Authentication Protocol (ZAP, RFC 27). */
const ENDPOINT = "inproc://zeromq.zap.01";

const guards = new Map<string, Guard>();
/** There until the process ends: closed, it would keep its name for a while, and the next guard could not stand. */
let socket: Router | undefined;

/** Has the guard decide for all inboxes of the domain. Must be there before they are. @returns ends it */
export async function standGuard(domain: string, guard: Guard): Promise<() => void> {
  if (guards.has(domain)) throw new Error(`the domain ${domain} has a guard`);
  guards.set(domain, guard);
  if (socket === undefined) {
    socket = new Router({ linger: 0 });
    await socket.bind(ENDPOINT);
    void answer(socket);
  }
  return () => guards.delete(domain);
}

async function answer(asked: Router): Promise<void> {
  try {
    for await (const [id, delimiter, version, request, ...rest] of asked) {
      const [status, text] = await judge(version!, rest);
      await asked.send([id!, delimiter!, version!, request!, status, text, "", ""]);
    }
  } catch (error) {
    if (!asked.closed) throw error;
  }
}

/** @param rest domain, address, identity, mechanism, credentials */
async function judge(version: Buffer, rest: readonly Buffer[]): Promise<readonly [string, string]> {
  const [domain, address, , mechanism, key] = rest;
  if (String(version) !== "1.0" || key === undefined) return ["500", "not version 1.0 of ZAP"];
  const guard = guards.get(String(domain));
  if (guard === undefined || String(mechanism) !== "CURVE" || key.length !== 32) return ["400", "not accepted"];
  try {
    return (await guard(z85(key), String(address))) ? ["200", "OK"] : ["400", "key not accepted"];
  } catch {
    // It cannot tell: the list of keys is being replaced, say. The peer tries again.
    return ["300", "try again"];
  }
}
