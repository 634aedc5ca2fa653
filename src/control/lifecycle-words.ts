import { unreachable } from "../errors.js";
import type { LogLevel } from "../plan/child.js";
import type { LifecycleEvent, LifecycleNews, LogEntry } from "./types.js";

/** What has happened, in a line for people. */
export function lifecycleText(news: LifecycleNews): string {
  switch (news.kind) {
    case "state":
      return news.state;
    case "started":
      return `${news.node} started${pid(news)}`;
    case "restarted":
      return `${news.node} started again${pid(news)}`;
    case "ready":
      return `${news.node} is ready${news.url === undefined ? "" : ` at ${news.url}`}`;
    case "died":
      return `${news.node} exited unexpectedly (${news.reason}); ${next(news.againInMs)}`;
    case "exited":
      return `${news.node} ended`;
    case "retired":
      return `${news.node} has finished its jobs and retired`;
    case "drained":
      return `${news.node} is drained`;
    case "scaled":
      return `${news.stage} has ${news.after} workers (${news.reason})`;
    case "finished":
      return `${news.node} has come to its end: ${news.done} done, ${news.failed} failed`;
    case "failed":
      return `failed: ${news.reason}`;
    case "ended":
      return `ended${news.clean ? "" : ", by force"}${news.unanswered > 0 ? `; gave up ${news.unanswered}` : ""}`;
    default:
      return unreachable(news);
  }
}

/** What the supervisor says of it in the log. */
export function lifecycleEntry(event: LifecycleNews & Pick<LifecycleEvent, "time">): LogEntry {
  const about = lifecycleSubject(event);
  const entry = { time: event.time, node: "zpipe", level: lifecycleLevel(event), text: lifecycleText(event) };
  return about === undefined ? entry : { ...entry, about };
}

function lifecycleLevel({ kind }: LifecycleNews): LogLevel {
  return kind === "died" || kind === "failed" ? "error" : "info";
}

/** The node or stage that it is about, if it is about one. */
function lifecycleSubject(news: LifecycleNews): string | undefined {
  if ("node" in news) return news.node;
  return news.kind === "scaled" ? news.stage : undefined;
}

function pid({ pid }: { readonly pid: number | undefined }): string {
  return pid === undefined ? "" : ` (pid ${pid})`;
}

function next(againInMs: number | undefined): string {
  return againInMs === undefined ? "given up" : `starting it again in ${againInMs} ms`;
}
