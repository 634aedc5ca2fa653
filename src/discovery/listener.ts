import { createSocket } from "node:dgram";
import { ExitCode, ZpipeError } from "../errors.js";
import { type Beacon, decodeBeacon } from "./beacon.js";

export interface BeaconListener {
  close(): void;
}

/** Hears beacons of all networks; several programs on one machine may listen at a time. */
export async function listenForBeacons(
  port: number,
  onBeacon: (beacon: Beacon, address: string) => void,
): Promise<BeaconListener> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  socket.on("message", (bytes, { address }) => {
    const beacon = decodeBeacon(bytes);
    if (beacon !== undefined) onBeacon(beacon, address);
  });
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(cannotListen(port, error));
    socket.once("error", fail);
    socket.bind(port, () => {
      socket.off("error", fail);
      socket.on("error", () => {});
      resolve();
    });
  });
  return { close: () => socket.close() };
}

function cannotListen(port: number, cause: NodeJS.ErrnoException): ZpipeError {
  return new ZpipeError(`beacons cannot be heard at UDP port ${port}: ${cause.message}`, {
    code: "no-beacons",
    exitCode: ExitCode.failed,
    hints: ["Say where the topology is instead: --from HOST:PORT."],
    cause,
  });
}
