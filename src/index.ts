/** What the modules of a topology may use: `import { drop, reply, scatter, to, type Context } from "zpipe"`. */
export type { SourceContext, SourceFunction as Source } from "./nodes/source/generator.js";
export { type Action, drop, type ReplyOptions, reply, scatter, to } from "./nodes/worker/actions.js";
export type {
  Advertise,
  Context,
  Handler,
  LogFunction,
  Logger,
  Metadata,
  SetupContext,
} from "./nodes/worker/handler.js";
