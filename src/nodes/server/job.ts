import { isUtf8 } from "node:buffer";
import { messageOf } from "../../errors.js";
import { decodeJson } from "../../protocol/json.js";
import { type Body, encodeBody, PayloadKind } from "../../protocol/payload.js";
import type { Field, Route } from "../../topology/types.js";
import { hash } from "../hash.js";
import { type FieldsDecoder, fieldsDecoder, type Values } from "./fields.js";
import { badRequest, Refusal, type RequestProblem } from "./problem.js";

/** What is known of a request when its job is made. */
export interface RequestParts {
  readonly params: unknown;
  readonly query: unknown;
  /** Undefined: the route takes no body. */
  readonly content: Buffer | undefined;
}

/** Makes the job of a request. @throws Refusal with all that is wrong with the request. */
export type JobMaker = (parts: RequestParts) => RequestJob;

export interface RequestJob {
  readonly body: Body;
  readonly lane: number;
}

/** @param index the route's own lane, unless it makes lanes of a parameter */
export function jobMaker(route: Route, index: number): JobMaker {
  const params = fieldsDecoder(route.params, "path");
  const query = fieldsDecoder(route.query, "query");
  const finish = finisher(route);

  return (parts) => {
    const values: Values = {};
    const problems: RequestProblem[] = [];
    params(parts.params as Values, values, problems);
    query(parts.query as Values, values, problems);
    const job = finish(values, parts.content ?? EMPTY, problems);
    if (problems.length > 0) throw badRequest(problems);
    const lane = route.lane === undefined ? index : hash(String(values[route.lane]), index);
    return { body: encode(job), lane };
  };
}

/** Adds the body to the values of the URL; its result is of no interest once there are problems. */
type Finish = (values: Values, content: Buffer, problems: RequestProblem[]) => Job;
type Job = { readonly value: unknown } | Body;

const EMPTY = Buffer.alloc(0);

function finisher({ body, params, query }: Route): Finish {
  const alone = params.length + query.length === 0;
  switch (body.kind) {
    case "none":
      return (value) => ({ value });
    case "bytes":
      return (_, value) => ({ value });
    case "text":
      return (values, content, problems) => {
        const text = textOf(content, problems);
        return { value: alone ? text : { ...values, body: text } };
      };
    case "json":
      return (values, content, problems) => {
        const text = textOf(content, problems);
        const value = parse(text, problems);
        // What was parsed is known to be JSON, and its own text is its most exact encoding.
        return alone ? { kind: PayloadKind.json, payload: text } : { value: { ...values, body: value } };
      };
    case "fields":
      return bodyFields(body.fields);
  }
}

function bodyFields(fields: readonly Field[]): Finish {
  const decode: FieldsDecoder = fieldsDecoder(fields, "body");
  return (values, content, problems) => {
    const before = problems.length;
    // No body at all has no fields: naming those that are required says more than "not JSON".
    const source = content.length === 0 ? {} : parse(textOf(content, problems), problems);
    if (problems.length > before) return { value: values };
    if (typeof source !== "object" || source === null || Array.isArray(source)) {
      problems.push({ in: "body", message: "the body must be a JSON object" });
    } else decode(source as Values, values, problems);
    return { value: values };
  };
}

function textOf(content: Buffer, problems: RequestProblem[]): string {
  if (!isUtf8(content)) problems.push({ in: "body", message: "the body is not valid UTF-8" });
  return content.toString("utf8");
}

function parse(text: string, problems: RequestProblem[]): unknown {
  if (text.length === 0) {
    problems.push({ in: "body", message: "a JSON body is required" });
    return undefined;
  }
  try {
    return decodeJson(text);
  } catch (error) {
    const reason = messageOf(error);
    const position = /position (\d+)/.exec(reason)?.[1];
    const message = `the body is not valid JSON: ${reason}`;
    problems.push({ in: "body", ...(position === undefined ? {} : { position: Number(position) }), message });
    return undefined;
  }
}

function encode(job: Job): Body {
  if (!("value" in job)) return job;
  try {
    return encodeBody(job.value);
  } catch (error) {
    // A value that came as JSON can be written as JSON, unless it is nested deeper than the stack.
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal({ status: 400, detail: "the body is nested too deeply" });
  }
}
