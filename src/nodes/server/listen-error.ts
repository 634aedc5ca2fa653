import { messageOf, ZpipeError } from "../../errors.js";

/** Tells what is wrong with the address in the user's words; any other error stays as it is. */
export function listenError(error: unknown, host: string, port: number): unknown {
  const address = `http://${bracketed(host)}:${port}`;
  switch ((error as NodeJS.ErrnoException | null)?.code) {
    case "EADDRINUSE":
      return new ZpipeError(`${address} is in use by another process`, {
        code: "address-in-use",
        hints: ["Set another `listen` under [server], or pass --listen.", "Port 0 takes any free port."],
        cause: error,
      });
    case "EACCES":
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ZpipeError(`cannot listen on ${address}: ${messageOf(error)}`, {
        code: "address-unavailable",
        hints: ["Set another `listen` under [server], or pass --listen."],
        cause: error,
      });
    default:
      return error;
  }
}

/** IPv6 addresses stand in brackets in a URL. */
export function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
