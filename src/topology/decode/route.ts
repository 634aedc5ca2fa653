import { aDuration, aText, aWholeNumber } from "../kinds.js";
import { didYouMean } from "../nearest.js";
import type { Located } from "../problem.js";
import { isData, Table } from "../table.js";
import type { Body, Field, Route, StaticAnswer } from "../types.js";
import { decodeAnswer } from "./answer.js";
import type { Context } from "./context.js";
import { decodeFields, stringField } from "./fields.js";
import { paramsOf, routePath } from "./path.js";

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const BODY_KINDS = ["json", "text", "bytes"] as const;

/** What a route takes from its server unless it says otherwise. */
interface Inherited {
  readonly timeoutMs: number;
  readonly onTimeout: StaticAnswer | undefined;
}

/** One `[[server.routes]]` table; none, with problems noted, when it is no table at all. */
export function decodeRoute(located: Located, inherited: Inherited, context: Context): readonly Route[] {
  const table = Table.open(located, "[[server.routes]]", context.problems);
  if (table === undefined) return [];
  const path = decodePath(table);
  const body = decodeBody(table, context);
  const query = decodeFields(table, "query", context.problems);
  const route: Route = {
    methods: decodeMethods(table, body),
    path,
    params: decodeParams(table, path, context),
    query,
    body,
    to: table.names("to", "the name of a stage"),
    timeoutMs: table.get("timeout", aDuration, inherited.timeoutMs),
    priority: table.get("priority", aWholeNumber(0, 255), 0),
    lane: table.get("lane", aText, undefined),
    onTimeout: table.has("on_timeout") ? decodeAnswer(table, "on_timeout", context.problems) : inherited.onTimeout,
  };
  if (body.kind === "bytes" && (query.length > 0 || route.params.length > 0)) {
    const message = 'a route with body = "bytes" has no query or path parameters: its job is the bytes alone';
    table.problem(["body"], message);
  }
  checkLane(table, route);
  table.finish();
  context.origins.set(route, located);
  return [route];
}

function checkLane(table: Table, { lane, params, query, body }: Route): void {
  const fields = [...params, ...query, ...(body.kind === "fields" ? body.fields : [])].map(({ name }) => name);
  if (lane === undefined || fields.includes(lane)) return;
  table.problem(["lane"], `the route has no parameter "${lane}" to make lanes of`, didYouMean(lane, fields));
}

function decodePath(table: Table): string {
  if (!table.has("path")) table.missing("path");
  return table.get("path", routePath, "");
}

function decodeMethods(table: Table, body: Body): readonly string[] {
  if (!table.has("method")) return [body.kind === "none" ? "GET" : "POST"];
  const methods = table.names("method", 'a method such as "GET"').map((name) => name.toUpperCase());
  for (const [index, method] of methods.entries()) {
    if (!METHODS.includes(method)) {
      const hint = didYouMean(method, METHODS) ?? `the methods are ${METHODS.join(", ")}`;
      table.problem(["method", index], `unknown method "${method}"`, hint);
    } else if (methods.indexOf(method) < index) {
      table.problem(["method", index], `method lists "${method}" twice`);
    } else if (method === "GET" && body.kind !== "none") {
      table.problem(["method", index], "a GET request has no body, but the route asks for one");
    }
  }
  return methods;
}

function decodeParams(table: Table, path: string, context: Context): readonly Field[] {
  const declared = decodeFields(table, "params", context.problems);
  const names = paramsOf(path);
  if (path !== "") {
    for (const { name } of declared) {
      if (names.includes(name)) continue;
      const message = `the path ${path} has no parameter ":${name}"`;
      table.problem(["params", name], message, didYouMean(name, names));
    }
  }
  return names.map((name) => declared.find((field) => field.name === name) ?? stringField(name));
}

function decodeBody(table: Table, context: Context): Body {
  if (!table.has("body")) return { kind: "none" };
  const { value } = table.at("body");
  if (isData(value)) return { kind: "fields", fields: decodeFields(table, "body", context.problems) };
  const kind = table.get(
    "body",
    {
      expected: '"json", "text", "bytes" or a table of fields',
      read: (text) => BODY_KINDS.find((name) => name === text),
      hint: (text) => (typeof text === "string" ? didYouMean(text, BODY_KINDS) : undefined),
    },
    "json",
  );
  return { kind };
}
