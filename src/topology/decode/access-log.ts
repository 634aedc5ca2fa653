import { dirname, resolve } from "node:path";
import { aString, type Kind, oneOf } from "../kinds.js";
import { isData, type Table } from "../table.js";
import { ACCESS_LOG_FORMATS, type AccessLogFile, type AccessLogFormat } from "../types.js";

const USUAL_NAME = "access.log";

/** `access_log = true`, `= "access.log"`, or a table that also says in which format. */
export function decodeAccessLog(server: Table): AccessLogFile | undefined {
  if (!isData(server.at("access_log").value)) {
    return target(server, server.get("access_log", switchOrPath, false), "combined");
  }
  const table = server.table("access_log", "access_log")!;
  const file = table.get("file", aString, USUAL_NAME);
  const log = target(table, file, table.get("format", oneOf(ACCESS_LOG_FORMATS), "combined"));
  table.finish();
  return log;
}

const switchOrPath: Kind<boolean | string> = {
  expected: "true, false, the path of a file, or a table",
  read: (value) => (typeof value === "boolean" ? value : aString.read(value)),
};

function target(table: Table, written: boolean | string, format: AccessLogFormat): AccessLogFile | undefined {
  if (written === false) return undefined;
  const file = written === true ? USUAL_NAME : written;
  return { file: resolve(dirname(table.place.file), file), format };
}
