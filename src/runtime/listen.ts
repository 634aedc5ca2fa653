import { ExitCode, ZpipeError } from "../errors.js";
import type { Topology } from "../topology/types.js";

/** The topology with its server at another address. */
export function withListen(topology: Topology, listen: string | undefined): Topology {
  if (listen === undefined) return topology;
  if (topology.server === undefined) {
    throw new ZpipeError(`${topology.name} has no server that could listen at ${listen}`, {
      code: "no-server",
      exitCode: ExitCode.usage,
    });
  }
  return { ...topology, server: { ...topology.server, ...parseListen(listen) } };
}

/** The topology with its metrics at another port. */
export function withMetricsPort(topology: Topology, port: number | undefined): Topology {
  if (port === undefined) return topology;
  return { ...topology, metrics: { host: topology.metrics?.host ?? "127.0.0.1", port } };
}

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" || url.hostname === "" || url.pathname !== "/" || url.search !== "") {
    throw new ZpipeError(`${JSON.stringify(text)} is not an address to listen at`, {
      code: "bad-listen",
      exitCode: ExitCode.usage,
      hints: ["Write it as http://127.0.0.1:8080; port 0 takes any free port."],
    });
  }
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: url.port === "" ? 80 : Number(url.port) };
}
