import { createSocket } from "node:dgram";
import { describe, expect, onTestFinished, test } from "vitest";
import { Announcer } from "../../src/discovery/announcer.js";
import { type Beacon, decodeBeacon, encodeBeacon } from "../../src/discovery/beacon.js";
import { broadcastAddresses } from "../../src/discovery/broadcast.js";
import { listenForBeacons } from "../../src/discovery/listener.js";
import { Recorder } from "../helpers/recorder.js";

const UUID = "000102030405060708090a0b0c0d0e0f";

/** RFC 36: the header, the UUID, and the port in network order. */
const BYTES = Buffer.from([
  ...[0x5a, 0x52, 0x45, 0x01],
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f],
  ...[0xc0, 0x01],
]);

describe("a beacon", () => {
  test("is the 22 bytes of ZRE version 1", () => {
    expect(BYTES).toHaveLength(22);
    expect(encodeBeacon({ uuid: UUID, port: 0xc001 })).toEqual(BYTES);
    expect(decodeBeacon(BYTES)).toEqual({ uuid: UUID, port: 49_153 });
  });

  test("of port zero says goodbye", () => {
    const bytes = encodeBeacon({ uuid: UUID, port: 0 });
    expect(bytes.subarray(20)).toEqual(Buffer.from([0, 0]));
    expect(decodeBeacon(bytes)).toEqual({ uuid: UUID, port: 0 });
  });

  test("is nothing else: shorter, longer, of another version or protocol", () => {
    for (let length = 0; length < BYTES.length; length++)
      expect(decodeBeacon(BYTES.subarray(0, length))).toBeUndefined();
    expect(decodeBeacon(Buffer.concat([BYTES, Buffer.from([0])]))).toBeUndefined();
    expect(decodeBeacon(Buffer.alloc(60_000, 0x5a))).toBeUndefined();
    for (let at = 0; at < 4; at++) {
      const foreign = Buffer.from(BYTES);
      foreign[at]! ^= 2;
      expect(decodeBeacon(foreign)).toBeUndefined();
    }
  });
});

describe("beacons go to the broadcast address", () => {
  const info = (address: string, netmask: string, internal = false) => ({
    ...{ address, netmask, internal, family: "IPv4" as const, mac: "", cidr: null },
  });
  const v6 = { address: "fe80::1", netmask: "ffff::", internal: false, mac: "", cidr: null, scopeid: 1 };
  const interfaces = {
    lo: [info("127.0.0.1", "255.0.0.0", true)],
    eth0: [info("10.1.2.3", "255.255.252.0"), { ...v6, family: "IPv6" as const }],
    eth1: [info("192.168.7.9", "255.255.255.0")],
  };

  test.each([
    ["*", ["10.1.3.255", "192.168.7.255"]],
    ["eth1", ["192.168.7.255"]],
    ["10.1.2.3", ["10.1.3.255"]],
    ["127.0.0.1", ["127.255.255.255"]],
    ["lo", ["127.255.255.255"]],
    ["10.9.9.9", []],
  ])("of the networks of %s", (host, addresses) => {
    expect(broadcastAddresses(host, interfaces)).toEqual(addresses);
  });
});

test("who listens hears a topology come and go, and nothing of what else is sent to the port", async () => {
  const port = await freePort();
  const heard = new Recorder<Beacon & { address: string }>();
  for (let i = 0; i < 2; i++) {
    // Two on one machine hear the same.
    const listener = await listenForBeacons(port, (beacon, address) => heard.add({ ...beacon, address }));
    onTestFinished(() => listener.close());
  }
  const noise = createSocket("udp4");
  onTestFinished(() => void noise.close());
  noise.bind(0, () => noise.setBroadcast(true));
  for (const bytes of ["", "ZRE", "x".repeat(22), "x".repeat(60_000)]) noise.send(bytes, port, "127.255.255.255");
  const announcer = new Announcer({
    uuid: UUID,
    port: 49_153,
    host: "127.0.0.1",
    to: port,
    intervalMs: 100,
    onTrouble: (message) => {
      throw new Error(message);
    },
  });
  await announcer.start();
  const there = { uuid: UUID, port: 49_153, address: "127.0.0.1" };
  expect(await heard.take(4)).toEqual([there, there, there, there]);
  await announcer.stop();
  let last: Beacon[];
  do last = await heard.take(1);
  while (last[0]!.port !== 0);
  expect(last).toEqual([{ ...there, port: 0 }]);
});

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
