import { parse } from "node:querystring";
import { messageOf, unreachable, ZpipeError } from "../../errors.js";
import { Load } from "../../load/load.js";
import type { Done } from "../../load/ports.js";
import type { LoadOrder, LoadReport } from "../../plan/load.js";
import { encodeJson } from "../../protocol/json.js";
import { matchRoute } from "../../topology/match.js";
import type { Sample, Server } from "../../topology/types.js";
import type { Gateway, GraphRequest, Outcome } from "./gateway.js";
import { jobMaker } from "./job.js";

/** Makes a load in this process and hands it straight to the graph, past HTTP. @throws ZpipeError for a bad sample */
export function drive(order: LoadOrder, server: Server, gateway: Gateway): Promise<LoadReport> {
  const requests = order.samples.map((sample) => requestOf(sample, server));
  const load = new Load(order, {
    send: (sample, done) => {
      const submission = gateway.submit(requests[sample]!, (outcome) => settle(outcome, done));
      if (!submission.accepted) setImmediate(done, "refused");
    },
    now: () => performance.now(),
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  });
  return load.run();
}

/** What the HTTP side would make of it. */
function requestOf(sample: Sample, server: Server): GraphRequest {
  const [path, query = ""] = splitOnce(sample.target, "?");
  const match = matchRoute(server.routes, sample.method, path);
  if (match === undefined) throw refusal(sample, "no route answers it");
  const route = server.routes[match.index]!;
  const content = route.body.kind === "none" ? undefined : contentOf(sample);
  try {
    const parts = { params: match.params, query: parse(query), content };
    return { route: match.index, ...jobMaker(route, match.index)(parts), ...timing(route.timeoutMs) };
  } catch (error) {
    throw refusal(sample, messageOf(error));
  }
}

function timing(timeoutMs: number) {
  return { timeoutMs, traceparent: undefined };
}

function contentOf({ body }: Sample): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.from(body.kind === "text" ? body.text : encodeJson(body.value));
}

/** As an HTTP client would see it. */
function settle(outcome: Outcome, done: Done): void {
  switch (outcome.kind) {
    case "answer":
      done({ status: outcome.meta?.status ?? 200, body: outcome.body.payload });
      break;
    case "failed": {
      const { stage, message, status } = outcome.failure;
      done({ status: status ?? 500, body: `stage "${stage}" failed: ${message}` });
      break;
    }
    case "done":
      done({ status: 204, body: "" });
      break;
    case "timeout":
      done("timeout");
      break;
    case "ended":
      done("refused");
      break;
    default:
      unreachable(outcome);
  }
}

function refusal({ method, target }: Sample, why: string): ZpipeError {
  return new ZpipeError(`the sample ${method} ${target} cannot be sent: ${why}`, { code: "bad-sample" });
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
