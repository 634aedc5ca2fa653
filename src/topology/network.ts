/** The UDP port of ZRE's discovery service (ZRE-DISC), assigned by IANA. */
export const BEACON_PORT = 5670;

/** Only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === "lo" || host === "localhost" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
