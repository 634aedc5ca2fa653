/** What a worker module may use: `import { reply, scatter, to, type Context } from "zpipe"`. */
export { type Action, type ReplyOptions, reply, scatter, to } from "./nodes/worker/actions.js";
export type { Context, Handler, LogFunction, Logger, SetupContext } from "./nodes/worker/handler.js";
