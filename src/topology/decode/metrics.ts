import { anAddress } from "../address.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Address } from "../types.js";
import type { Context } from "./context.js";

/** `[metrics]`. Undefined, with a problem noted, when it does not say where. */
export function decodeMetrics(located: Located, { problems }: Context): Address | undefined {
  const table = Table.open(located, "[metrics]", problems);
  if (table === undefined) return undefined;
  if (!table.has("listen")) table.missing("listen", 'such as listen = "http://127.0.0.1:9464"');
  const address = table.get("listen", anAddress, undefined);
  table.finish();
  return address;
}
