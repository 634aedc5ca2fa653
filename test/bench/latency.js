// What a lone stage adds to an HTTP request: p50 at 8 connections of topologies/one-stage.toml as a hub, beside node:http
// alone. Both run at the same time and are loaded in turn. Usage: node test/bench/latency.js [--rounds N]

import { options } from "./support/harness.js";
import { compareHttp } from "./support/http-load.js";

await compareHttp({ topology: "one-stage", placement: "hub", path: "/add?n=41", ...options({ rounds: 7 }) });
