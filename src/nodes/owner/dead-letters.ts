import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, ZpipeError } from "../../errors.js";
import type { DeadLetter } from "../../plan/child.js";
import { type Body, bytesOf, PayloadKind, textOf } from "../../protocol/payload.js";

/**
 * The file of jobs that could not be done: a line for each, and a line `{"id": …, "resent": time}` for each that was
 * done after all. Lines are appended whole before their job counts as finished, so nothing is lost with the process.
 */
export class DeadLetterFile {
  /** Ends a line that a former life may not have written whole; blank ones are skipped. */
  private start = "\n";

  constructor(private readonly path: string) {}

  /** @throws ZpipeError when it cannot be written */
  add(letter: DeadLetter): void {
    this.append(letter);
  }

  /** It was sent again: it is done, or it has failed again under another name. */
  remove(id: string): void {
    this.append({ id, resent: new Date().toISOString() });
  }

  private append(line: object): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, `${this.start}${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch (cause) {
      throw new ZpipeError(`cannot write the dead letters ${this.path}: ${messageOf(cause)}`, {
        code: "dead-letters-failed",
        hints: ["They are kept below $XDG_STATE_HOME, or else ~/.local/state."],
        cause,
      });
    }
    this.start = "";
  }
}

export function payloadOf({ kind, payload }: Body): Pick<DeadLetter, "kind" | "payload"> {
  return kind === PayloadKind.json
    ? { kind: "json", payload: textOf(payload) }
    : { kind: "base64", payload: bytesOf(payload).toString("base64") };
}

export function bodyOf({ kind, payload }: DeadLetter): Body {
  return kind === "json"
    ? { kind: PayloadKind.json, payload }
    : { kind: PayloadKind.bytes, payload: Buffer.from(payload, "base64") };
}
