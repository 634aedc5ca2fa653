import { type Output, OutputRoute } from "../../protocol/messages.js";
import { encodeBody } from "../../protocol/payload.js";
import { SERVER } from "../../topology/types.js";
import { type Action, isAction, type ReplyOptions } from "./actions.js";

/** Turns what a handler returned into outputs; none: it was dropped. @throws Error naming the edges when it names one that does not exist. */
export function outputsOf(returned: unknown, edges: readonly string[]): Output[] {
  if (isAction(returned)) return actionOutputs(returned, edges);
  if (Array.isArray(returned) && returned.length > 0 && returned.every(isAction)) {
    return returned.flatMap((action: Action) => actionOutputs(action, edges));
  }
  return [output(OutputRoute.follow, 0, returned)];
}

function actionOutputs(action: Action, edges: readonly string[]): Output[] {
  if ("values" in action) {
    const edge = edgeIndex(action.stage, edges);
    if (action.values.length === 0) return [output(OutputRoute.empty, edge, null)];
    return action.values.map((value) => output(OutputRoute.scatter, edge, value));
  }
  if ("stage" in action) {
    return [output(OutputRoute.edge, edgeIndex(action.stage, edges), action.value)];
  }
  if (!("value" in action)) return [];
  return [output(OutputRoute.reply, 0, replyValue(action.value, action.options), metaOf(action.options))];
}

/** Text with a content type of its own is sent as it is, not as a JSON string. */
function replyValue(value: unknown, { headers = {} }: ReplyOptions): unknown {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
  return typeof value === "string" && type !== undefined && !/\bjson\b/i.test(type) ? Buffer.from(value) : value;
}

function output(route: OutputRoute, edge: number, value: unknown, meta = ""): Output {
  const { kind, payload } = encodeBody(value);
  return { route, edge, meta, kind, payload };
}

function edgeIndex(stage: string, edges: readonly string[]): number {
  const index = edges.indexOf(stage);
  if (index >= 0) return index;
  const known =
    edges.length === 0 ? "it has no edges" : `its edges lead to ${edges.map((name) => `"${name}"`).join(", ")}`;
  const hint = stage === SERVER ? "; use reply(value) to answer at once" : "";
  throw new Error(`no edge leads to "${stage}": ${known}${hint}`);
}

const LONGEST_META = 0xffff;

function metaOf({ status, headers }: ReplyOptions): string {
  if (status === undefined && headers === undefined) return "";
  const meta = JSON.stringify({ status, headers });
  if (Buffer.byteLength(meta) > LONGEST_META) throw new Error("the headers of its reply are longer than 64 KiB");
  return meta;
}
