import type { NodeContext } from "../types.js";
import type { Logger } from "./handler.js";

/** What a user's code logs with. */
export function loggerOf({ log }: NodeContext): Logger {
  return {
    debug: (message, fields) => log("debug", message, fields),
    info: (message, fields) => log("info", message, fields),
    warn: (message, fields) => log("warn", message, fields),
    error: (message, fields) => log("error", message, fields),
  };
}
