import { aString, aWholeNumber, type Kind } from "../kinds.js";
import type { Located } from "../problem.js";
import { Table } from "../table.js";
import type { Sample, SampleBody } from "../types.js";
import type { Context } from "./context.js";
import { toValue } from "./value.js";

/** One `[[samples]]` table; none, with problems noted, when it says no request. */
export function decodeSample(located: Located, context: Context): readonly Sample[] {
  const table = Table.open(located, "[[samples]]", context.problems);
  if (table === undefined) return [];
  if (!table.has("request")) table.missing("request", 'for example request = "GET /?n=1"');
  const sample = readSample(table, context);
  table.finish();
  return sample === undefined ? [] : [sample];
}

/** The keys of a request and its answer, of a table that may have others too. */
export function readSample(table: Table, context: Context): Sample | undefined {
  const request = table.get("request", aRequest, undefined);
  const body = decodeBody(table, context);
  const sample: Sample = {
    method: request?.method ?? (body === undefined ? "GET" : "POST"),
    target: request?.target ?? "",
    body,
    status: table.get("status", aStatus, 200),
    answer: decodeValue(table, "answer", context),
  };
  if (body !== undefined && sample.method === "GET") table.problem(["body"], "a GET request has no body");
  context.origins.set(sample, table.place);
  return request === undefined ? undefined : sample;
}

export const aStatus = aWholeNumber(200, 599);

/** Any value, as JSON data. */
export function decodeValue(table: Table, key: string, context: Context): { readonly value: unknown } | undefined {
  return table.has(key) ? { value: toValue(table.at(key), context) } : undefined;
}

const aRequest: Kind<{ readonly method: string | undefined; readonly target: string }> = {
  expected: 'a request such as "GET /path?n=1" or "/path?n=1"',
  read: (value) => {
    const match = typeof value === "string" ? /^(?:([A-Z]+) +)?(\/[!-~]*)$/.exec(value) : null;
    return match === null ? undefined : { method: match[1], target: match[2]! };
  },
  hint: (value) =>
    typeof value === "string" && /[^ -~]/.test(value) ? "write other characters percent-encoded" : undefined,
};

/** A string is sent as it is; any other value as JSON. */
function decodeBody(table: Table, context: Context): SampleBody | undefined {
  const contentType = table.get("content_type", aString, undefined);
  if (!table.has("body")) {
    if (contentType !== undefined) table.problem(["content_type"], "a request without a body has no content_type");
    return undefined;
  }
  const located = table.at("body");
  if (typeof located.value === "string") {
    if (contentType === undefined) table.problem(["body"], "a body that is a string needs a content_type");
    return { kind: "text", contentType: contentType ?? "text/plain", text: located.value };
  }
  if (contentType !== undefined) {
    table.problem(["content_type"], "only a body that is a string can have a content_type", "a value is sent as JSON");
  }
  return { kind: "json", value: toValue(located, context) };
}
