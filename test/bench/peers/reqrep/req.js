// One job of 100 bytes there and back, again and again; reports how long each took, in ms. Usage: req.js ADDRESS TRIPS
import { Request } from "zeromq";
import { now, report } from "../../support/measure.js";

const [address, trips] = process.argv.slice(2);
const request = new Request();
request.connect(address);
console.log("ready");

const job = Buffer.alloc(100, "x");
const times = [];
for (let trip = 0; trip < Number(trips); trip++) {
  const start = now();
  await request.send(job);
  await request.receive();
  times.push(now() - start);
}
report({ times });
request.close();
