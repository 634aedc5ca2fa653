import type { NetworkInterfaceInfo } from "node:os";
import { isLoopback } from "../topology/network.js";

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * Where beacons go: the broadcast addresses of the IPv4 networks in which somebody could reach `host`.
 * @param host an address, the name of an interface, or `*` for all but loopback
 */
export function broadcastAddresses(host: string, interfaces: Interfaces): readonly string[] {
  const addresses = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos
      .filter((info) => info.family === "IPv4" && concerns(host, name, info))
      .map(({ address, netmask }) => broadcastOf(address, netmask)),
  );
  return [...new Set(addresses)];
}

function concerns(host: string, name: string, { address, internal }: NetworkInterfaceInfo): boolean {
  if (host === "*" || host === "0.0.0.0") return !internal;
  return host === name || host === address || (isLoopback(host) && internal);
}

/** All bits of the network's part, and ones in that of the host. */
function broadcastOf(address: string, netmask: string): string {
  const [bits, mask] = [octets(address), octets(netmask)];
  return bits.map((octet, i) => (octet | (~mask[i]! & 0xff)) & 0xff).join(".");
}

function octets(address: string): number[] {
  return address.split(".").map(Number);
}
