import type { Advertised } from "../metrics/snapshot.js";
import type { Advertise } from "../protocol/messages.js";

/** As it is told to people. Undefined: nothing. */
export function advertised(message: Advertise | undefined): Advertised | undefined {
  return message && message.attributes.length > 0 ? Object.fromEntries(message.attributes) : undefined;
}
