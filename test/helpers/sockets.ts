import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Zpipe } from "./zpipe.js";

/** Where a process of a run listens. */
export interface Address {
  /** For ZeroMQ. */
  readonly endpoint: string;
  dial(): Socket;
}

/** Every socket at which the run listens: its inboxes, its HTTP port and its control socket. */
export async function boundSockets(zpipe: Zpipe): Promise<Address[]> {
  return [...unixSockets(zpipe), ...(await tcpSockets(zpipe))];
}

function unixSockets({ name, world }: Zpipe): Address[] {
  const directory = join(world.directory, "zpipe", name);
  return readdirSync(directory)
    .map((file) => join(directory, file))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSocket())
    .map((path) => ({ endpoint: `ipc://${path}`, dial: () => connect(path) }));
}

async function tcpSockets(zpipe: Zpipe): Promise<Address[]> {
  const { nodes } = await zpipe.ps();
  const inodes = new Set(nodes.flatMap(({ pid }) => (pid === undefined ? [] : inodesOf(pid))));
  const lines = readFileSync("/proc/net/tcp", "latin1").trim().split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state !== LISTENING || !inodes.has(inode!)) return [];
    const port = Number.parseInt(local!.split(":")[1]!, 16);
    return [{ endpoint: `tcp://127.0.0.1:${port}`, dial: () => connect(port, "127.0.0.1") }];
  });
}

const LISTENING = "0A";

function inodesOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(link(join(directory, fd)))?.[1] ?? []);
}

/** It may be closed meanwhile. */
function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Sends the bytes and reads whatever comes, until the other end closes, or for `ms`. */
export function shout({ dial }: Address, bytes: Buffer, ms = 200): Promise<void> {
  return new Promise((resolve) => {
    const socket = dial();
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.setTimeout(ms, () => socket.destroy());
    setTimeout(() => socket.destroy(), 4 * ms).unref();
    socket.resume();
    socket.write(bytes);
  });
}

/** What ZMTP 3.1 says before the first message: the greeting, and that we are a DEALER. */
export function zmtpHandshake(): Buffer {
  const greeting = Buffer.alloc(64);
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  greeting[11] = 1;
  greeting.write("NULL", 12);
  const ready = Buffer.concat([
    Buffer.from("\x05READY\x0bSocket-Type"),
    Buffer.from([0, 0, 0, 6]),
    Buffer.from("DEALER"),
  ]);
  return Buffer.concat([greeting, Buffer.from([4, ready.length]), ready]);
}
