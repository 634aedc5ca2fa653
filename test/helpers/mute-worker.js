// A worker that takes jobs and never does one: node mute-worker.js <endpoint> <stage> <credits>. Prints what it is given.
import { Dealer } from "zeromq";
import { PackReader, PackWriter } from "../../dist/protocol/pack.js";
import { workersChannel } from "../../dist/protocol/workers.js";

const [endpoint, stage, credits] = process.argv.slice(2);
const socket = new Dealer();
socket.connect(endpoint);
const writer = new PackWriter();
workersChannel.up.write(writer, { type: "hello", stage: Number(stage), name: "mute", credits: Number(credits) });
await socket.send(writer.take());
for await (const [frame] of socket) {
  const reader = new PackReader(frame);
  while (reader.next()) console.log(workersChannel.down.read(reader).type);
}
