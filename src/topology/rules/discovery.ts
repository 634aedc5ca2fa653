import { isLoopback } from "../network.js";
import { GATE, type Topology } from "../types.js";
import type { Rule } from "./rule.js";

export const discoveryRules: readonly Rule[] = [
  {
    name: "without keys, only this machine can join",
    check: ({ topology: { discovery }, origins }) =>
      discovery !== undefined && discovery.keys === undefined && !isLoopback(discovery.host)
        ? [
            {
              ...origins.at(discovery, "listen"),
              message: `[discovery] without keys listens on loopback only, not on "${discovery.host}": anybody could join`,
              hint: 'make keys with `zpipe keys init keys`, and say keys = "./keys"',
            },
          ]
        : [],
  },
  {
    name: "no node has the name of the gate",
    check: ({ topology, origins }) =>
      topology.discovery === undefined
        ? []
        : namesakes(topology).map((node) => ({
            ...origins.at(node),
            message: `nothing can be called "${GATE}" beside [discovery]: that is the node that lets others in`,
          })),
  },
];

function namesakes({ stages, sources, proxies }: Topology) {
  return [...stages, ...sources, ...proxies].filter(({ name }) => name === GATE);
}
