import { messageOf, ZpipeError } from "../../errors.js";
import type { Metadata } from "../../topology/types.js";
import type { Logger } from "../worker/handler.js";
import { importModule } from "../worker/module.js";

/**
 * A source: makes the jobs' values, in the same order each time if it is to go on from a checkpoint. It is asked for the
 * next value only when there is room for it.
 */
export type SourceFunction<Out = unknown> = (ctx: SourceContext) => Iterable<Out> | AsyncIterable<Out>;

/** What a source is told. */
export interface SourceContext {
  readonly topology: string;
  /** Its name. */
  readonly source: string;
  /** Of the run: `[metadata]` of the topology, and what `--set` and `--metadata` say. Frozen. */
  readonly metadata: Metadata;
  readonly log: Logger;
  /** Aborted when nothing more is wanted. */
  readonly signal: AbortSignal;
}

/** @throws ZpipeError when the module makes nothing that can be read. */
export async function startGenerator(
  path: string,
  compiled: Readonly<Record<string, string>>,
  context: SourceContext,
): Promise<AsyncIterable<unknown> | Iterable<unknown>> {
  const module = (await importModule(path, compiled[path] ?? path)) as { readonly default?: unknown };
  const made = typeof module.default === "function" ? await module.default(context) : undefined;
  if (isIterable(made)) return made;
  throw new ZpipeError(`${path} has no default export that makes an iterable`, {
    code: "source-failed",
    hints: ["Write: export default async function* (ctx) { yield … }"],
  });
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

export function generatorFailed(name: string, error: unknown): ZpipeError {
  return error instanceof ZpipeError
    ? error
    : new ZpipeError(`the source ${name} threw: ${messageOf(error)}`, { code: "source-failed", cause: error });
}
