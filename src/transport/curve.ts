import { curveKeyPair, type Dealer, type Router, type SocketOptions } from "zeromq";
import type { CurveClient } from "../plan/child.js";
import type { CurveServer } from "./types.js";

/** A stranger has so long to show its key. */
const HANDSHAKE_MS = 5000;

/** Another host may be gone without a word: the system would try to reach it for minutes. */
const CONNECT_MS = 2000;

/** A new key pair for CURVE, in Z85. */
export function newKeyPair(): { readonly publicKey: string; readonly secretKey: string } {
  return curveKeyPair();
}

export function curveServerOptions(curve: CurveServer | undefined): SocketOptions<Router> {
  if (curve === undefined) return {};
  const { secretKey: curveSecretKey, domain: zapDomain } = curve;
  // Enforced: without a guard, libzmq would let everybody in.
  return { curveServer: true, curveSecretKey, zapDomain, zapEnforceDomain: true, handshakeInterval: HANDSHAKE_MS };
}

export function curveClientOptions(curve: CurveClient | undefined): SocketOptions<Dealer> {
  if (curve === undefined) return {};
  const { serverKey, publicKey, secretKey } = curve;
  return {
    curveServerKey: serverKey,
    curvePublicKey: publicKey,
    curveSecretKey: secretKey,
    handshakeInterval: HANDSHAKE_MS,
    connectTimeout: CONNECT_MS,
  };
}
