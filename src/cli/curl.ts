import type { Field, Route, Topology } from "../topology/types.js";

/** A command line that sends a request which the topology takes: the first GET route, else the first of all. */
export function exampleCurl(topology: Topology, url: string): string | undefined {
  const routes = topology.server?.routes ?? [];
  const route = routes.find((candidate) => candidate.methods.includes("GET")) ?? routes[0];
  return route === undefined ? undefined : curl(route, url);
}

function curl(route: Route, base: string): string {
  const method = route.methods.includes("GET") ? "GET" : route.methods[0]!;
  const url = quote(`${base.replace(/\/$/, "")}${pathOf(route)}${queryOf(route)}`);
  return ["curl", ...(method === "GET" ? [] : ["-X", method]), ...bodyOf(route, method), url].join(" ");
}

function pathOf({ path, params }: Route): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const field = params.find((param) => param.name === name);
    return encodeURIComponent(String(field === undefined ? "x" : example(field, 0)));
  });
}

function queryOf({ query }: Route): string {
  const pairs = query
    .filter((field) => field.required || field.default === undefined)
    .flatMap((field) =>
      examples(field).map((value) => `${encodeURIComponent(field.name)}=${encodeURIComponent(value)}`),
    );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function bodyOf({ body }: Route, method: string): readonly string[] {
  if (method === "GET" || body.kind === "none") return [];
  if (body.kind === "text" || body.kind === "bytes") return ["-d", "hello"];
  const value =
    body.kind === "fields" ? Object.fromEntries(body.fields.map((field) => [field.name, jsonOf(field)])) : {};
  return ["-H", quote("content-type: application/json"), "-d", quote(JSON.stringify(value))];
}

/** Three values of an array, or as many as it may have. */
function examples(field: Field): readonly string[] {
  const count = field.array ? Math.min(3, field.maxItems ?? 3) : 1;
  return Array.from({ length: count }, (_, index) => String(example(field, index)));
}

function jsonOf(field: Field): unknown {
  return field.array
    ? [0, 1, 2].slice(0, field.maxItems ?? 3).map((index) => example(field, index))
    : example(field, 0);
}

/** A value that its type and bounds allow. */
function example(field: Field, index: number): string | number | boolean {
  if (field.enum !== undefined && field.enum.length > 0) return field.enum[index % field.enum.length]!;
  switch (field.type) {
    case "integer":
    case "bigint":
    case "number":
      return Math.min(Math.max(index + 1, Math.ceil(field.min ?? index + 1)), field.max ?? Number.MAX_SAFE_INTEGER);
    case "boolean":
      return true;
    case "json":
      return "{}";
    case "string":
      return "hello";
  }
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
