// Floods a network with beacons of nobody, and with what is none: node rogue.js ADDRESS.
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";

const [address] = process.argv.slice(2);
const socket = createSocket("udp4");
socket.bind(0, () => {
  socket.setBroadcast(true);
  setInterval(() => {
    for (let i = 0; i < 100; i++) {
      const beacon = Buffer.concat([Buffer.from("ZRE\x01", "latin1"), randomBytes(18)]);
      socket.send(i % 2 === 0 ? beacon : randomBytes(1 + (i % 64)), 5670, address);
    }
  }, 20);
});
