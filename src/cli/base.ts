import { Command, Errors } from "@oclif/core";
import { messageOf, ZpipeError } from "../errors.js";
import { printableJson } from "../printable.js";
import { talk } from "./talk.js";

/** stdout is for data, stderr for talk; every command knows --json. */
export abstract class ZpipeCommand extends Command {
  static override enableJsonFlag = true;
  /** Where --json tells of an error: among the data, unless that is not this command's own. */
  protected jsonOutput: NodeJS.WritableStream = process.stdout;

  /** Data: a line on stdout, unless --json prints the result instead. */
  protected print(text: string): void {
    this.log(text);
  }

  protected override async catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    if (error instanceof ZpipeError) error.message = withoutFrame(error.message);
    if (this.jsonEnabled()) {
      process.exitCode = exitCodeOf(error);
      // One line, whatever the command: it may come behind JSON Lines.
      this.jsonOutput.write(`${printableJson(JSON.stringify({ error: toJson(error) }))}\n`);
    } else if (error instanceof ZpipeError) {
      process.exitCode = error.exitCode;
      reportError(error);
    } else {
      // Wrong flags are told by oclif with the help of the command; the rest is a bug, told with its stack.
      throw error;
    }
  }
}

/** Around what the parser of a flag throws, oclif puts which flag that is, which ours say, and a hint at the help. */
function withoutFrame(message: string): string {
  return /^Parsing --\S+ \n\t(.*)\nSee more help with --help$/s.exec(message)?.[1] ?? message;
}

/** Messages that begin with file:line:column, so that editors find the place. */
const PLACED: readonly string[] = ["invalid-topology", "compile-failed"];

/** On stderr: what failed, and what to try. */
export function reportError(error: ZpipeError): void {
  talk(PLACED.includes(error.code) ? error.message : `Error: ${error.message}`);
  for (const hint of error.hints) talk(`  ${hint}`);
}

function toJson(error: Error) {
  if (error instanceof ZpipeError) {
    const { code, message, hints, exitCode, details } = error;
    return { code, message, hints, exitCode, ...details };
  }
  const code = error instanceof Errors.CLIError ? "usage" : "internal";
  return { code, message: messageOf(error), hints: [], exitCode: exitCodeOf(error) };
}

function exitCodeOf(error: Error): number {
  if (error instanceof ZpipeError) return error.exitCode;
  return error instanceof Errors.CLIError ? (error.oclif.exit ?? 1) : 1;
}
