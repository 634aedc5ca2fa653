import { aBoolean, aDuration, type Kind, strings } from "../kinds.js";
import { isData, type Table } from "../table.js";
import type { Cors } from "../types.js";

const ANYONE: Cors = {
  origins: "*",
  methods: undefined,
  headers: undefined,
  credentials: false,
  maxAgeSeconds: undefined,
};

/** `cors = true` (any origin) or a table. */
export function decodeCors(server: Table): Cors | undefined {
  if (!isData(server.at("cors").value)) return server.get("cors", switchOrTable, false) ? ANYONE : undefined;
  const table = server.table("cors", "cors")!;
  const maxAge = table.get("max_age", aDuration, undefined);
  const cors: Cors = {
    origins: table.get("origin", anOrigin, "*"),
    methods: table.get("methods", strings, undefined),
    headers: table.get("headers", strings, undefined),
    credentials: table.get("credentials", aBoolean, false),
    maxAgeSeconds: maxAge === undefined ? undefined : Math.round(maxAge / 1000),
  };
  table.finish();
  return cors;
}

const switchOrTable: Kind<boolean> = { ...aBoolean, expected: "true, false or a table" };

const anOrigin: Kind<"*" | readonly string[]> = {
  expected: '"*", an origin such as "https://example.org", or an array of origins',
  read: (value) => {
    if (value === "*") return "*";
    const origins: readonly unknown[] = Array.isArray(value) ? value : [value];
    return origins.length > 0 && origins.every(isOrigin) ? origins : undefined;
  },
};

function isOrigin(value: unknown): value is string {
  return typeof value === "string" && /^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/i.test(value);
}
