import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { temporaryDirectory, temporaryEnvironment } from "../runtime/support.js";

/** The compiled command line, as users have it. */
const RUN = fileURLToPath(new URL("../../bin/run.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell of its own: what is started in it is found only from it. */
export function shell(variables: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, NO_COLOR: "1", ...temporaryEnvironment(), ...variables };
  const start = (...args: readonly string[]): Process => new Process(spawn(process.execPath, [RUN, ...args], { env }));
  const zpipe = (...args: readonly string[]): Promise<Outcome> => start(...args).ended;
  onTestFinished(async () => void (await zpipe("down", "--all", "-t", "0")));
  return { start, zpipe };
}

export class Process {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";
  #look = () => {};

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#look();
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve) => {
      child.once("close", (code) => resolve({ code, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Resolves with the first match in all it has written so far, on either stream. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
        if (match !== null) resolve(match);
      };
      this.#look();
      void this.ended.then(({ stderr }) => reject(new Error(`it ended without saying ${pattern}:\n${stderr}`)));
    });
  }
}

/** A project with one stage, whose worker is the given JavaScript. */
export function project(worker: string): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "worker.mjs"), worker);
  writeFileSync(
    join(directory, "demo.toml"),
    `name = "demo"
[server]
listen = "http://127.0.0.1:0"
timeout = "60s"
[[server.routes]]
path = "/"
query = { n = "integer" }
to = "work"
[stages.work]
run = "./worker.mjs"
workers = 2
[[edges]]
from = "work"
to = "server"
loopback = true
`,
  );
  return join(directory, "demo.toml");
}

export const DOUBLE = "export default ({ n }) => n * 2;";
/** Tells that it has begun, and never ends. */
export const ENDLESS = "export default () => { console.log('begun'); return new Promise(() => {}); };";
