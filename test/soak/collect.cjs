// Preloaded into every process of a run whose growth is watched: collects all garbage now and then. Left to itself V8 lets
// tens of MB of frames lie while there is room, which looks like a leak for longer than anybody watches.
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
setInterval(collect, 5000).unref();
