import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { controlClient } from "../../src/control/client.js";
import { findRun } from "../../src/control/runs.js";
import type { Control } from "../../src/control/types.js";
import type { Snapshot } from "../../src/metrics/snapshot.js";

/** The compiled command line, as users have it. */
const RUN = fileURLToPath(new URL("../../bin/run.js", import.meta.url));
const TOPOLOGIES = fileURLToPath(new URL("../e2e/topologies/", import.meta.url));

export const EXAMPLES = fileURLToPath(new URL("../../topologies/", import.meta.url));

/** Every wait of these tests ends, at the latest, after so long; that it does is always a failure. */
const PATIENCE_MS = 60_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let worlds = 0;

/** A user of their own: runs, logs and processes that are found by nobody else, and all end with it. */
export class World {
  #directory: string | undefined;
  readonly #programs: Program[] = [];
  #runs = 0;
  readonly #number = worlds++;
  readonly #prefix: readonly string[];

  /** @param prefix what command lines begin with to run on another host */
  constructor(prefix: readonly string[] = []) {
    this.#prefix = prefix;
  }

  /** Made when it is first needed; its path is short, since unix sockets are made in it. */
  get directory(): string {
    this.#directory ??= mkdtempSync("/tmp/zpe-");
    return this.#directory;
  }

  /** Starts `zpipe up` of a topology of these tests (or at an absolute path) and resolves when it takes requests. */
  async up(topology: string, ...args: readonly string[]): Promise<Zpipe> {
    const file = topology.startsWith("/") ? topology : join(TOPOLOGIES, topology);
    const name = args.includes("--name") ? [] : ["--name", `e2e-${process.pid}-${this.#number}-${this.#runs++}`];
    const program = this.start("up", file, "--json", "--listen", "http://127.0.0.1:0", ...name, ...args);
    const [line] = await program.says(/^\{.*\}$/m);
    if (line.startsWith('{"error":')) throw new Error(`zpipe up ${file} failed: ${line}`);
    return new Zpipe(this, program, JSON.parse(line) as Record);
  }

  start(...args: readonly string[]): Program {
    return this.launch({}, ...args);
  }

  /** Starts it with a file for a standard stream, an input that has been written already, or more in its environment. */
  launch({ stdin = "pipe", stdout = "pipe", env: added = {} }: Launch, ...args: readonly string[]): Program {
    const { directory } = this;
    const { ZPIPE_NAME: _, ...ours } = process.env;
    const env = {
      ...ours,
      ...added,
      NO_COLOR: "1",
      XDG_RUNTIME_DIR: directory,
      XDG_STATE_HOME: join(directory, "state"),
    };
    const stdio = [stdin, stdout, "pipe"] as const;
    const [command, ...argv] = [...this.#prefix, process.execPath, RUN, ...args];
    const program = new Program(spawn(command!, argv, { env, stdio: [...stdio] }), args.join(" "));
    this.#programs.push(program);
    return program;
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).ended;
  }

  /** Runs a command that must succeed; its --json. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, "--json");
    if (code !== 0) throw new Error(`zpipe ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** What `zpipe ps NAME --json` would show, without a process of its own: tests look at their runs often. */
  async ps(name: string): Promise<Snapshot> {
    return (await this.control(name)).snapshot();
  }

  async control(name: string): Promise<Control> {
    return controlClient(await findRun(name, { XDG_RUNTIME_DIR: this.directory }));
  }

  /** Polls the run of that name, which may not be there yet, until it looks like that. */
  async looks(name: string, what: string, condition: (snapshot: Snapshot) => boolean): Promise<void> {
    await eventually(what, async () => {
      const snapshot = await this.ps(name).catch(() => undefined);
      return snapshot !== undefined && condition(snapshot);
    });
  }

  /** The processes that were started in this world, by themselves or by others, and are alive. */
  survivors(): number[] {
    return readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => this.#isOurs(pid))
      .map(Number);
  }

  /** Resolves when no process of this world is alive. */
  async deserted(): Promise<void> {
    await eventually(`no process is left in ${this.directory}`, () => this.survivors().length === 0);
  }

  /** Ends all that is still there, by force. */
  async close(): Promise<void> {
    if (this.#directory === undefined) return;
    // Supervisors first: nothing is started again then, and their guardians kill as well.
    for (const program of this.#programs) program.signal("SIGKILL");
    for (const pid of this.survivors()) kill(pid);
    await this.deserted().finally(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  #isOurs(pid: string): boolean {
    return isAlive(Number(pid)) && read(`/proc/${pid}/environ`).includes(`XDG_RUNTIME_DIR=${this.directory}\0`);
  }
}

/** Descriptors of open files, where a stream is not to be a pipe. */
export interface Launch {
  readonly stdin?: number | "pipe";
  readonly stdout?: number | "pipe";
  readonly env?: NodeJS.ProcessEnv;
}

interface Record {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

/** A run of a topology: `zpipe up` in a process of its own. */
export class Zpipe {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
  readonly world: World;
  readonly program: Program;

  constructor(world: World, program: Program, { name, url, pid }: Record) {
    this.world = world;
    this.program = program;
    this.name = name;
    this.url = url;
    this.pid = pid;
  }

  says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.program.says(pattern);
  }

  ps(): Promise<Snapshot> {
    return this.world.ps(this.name);
  }

  scale(...changes: readonly string[]): Promise<Outcome> {
    return this.world.run("scale", ...changes, "--name", this.name);
  }

  /** Polls it until the run looks like that. */
  async looks(what: string, condition: (snapshot: Snapshot) => boolean): Promise<void> {
    await eventually(what, async () => condition(await this.ps()));
  }

  /** As Ctrl-C would; resolves when it has ended. */
  stop(): Promise<Outcome> {
    this.program.signal("SIGINT");
    return this.program.ended;
  }
}

export class Program {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<() => void>();
  readonly #what: string;
  #stdout = "";
  #stderr = "";

  constructor(child: ChildProcess, what: string) {
    this.#child = child;
    this.#what = what;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
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

  get stderr(): string {
    return this.#stderr;
  }

  get stdout(): string {
    return this.#stdout;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Writes to its standard input. */
  write(text: string): void {
    this.#child.stdin!.write(text);
  }

  /** Nothing more comes on its standard input. */
  end(text = ""): this {
    // It may have ended already, and said why.
    this.#child.stdin!.on("error", () => {});
    this.#child.stdin!.end(text);
    return this;
  }

  /** Nobody reads its standard output for now; what it has written waits in the pipe. */
  pause(): void {
    this.#child.stdout!.pause();
  }

  resume(): void {
    this.#child.stdout!.resume();
  }

  /** Nobody will ever read more of its standard output. */
  hangUp(): void {
    this.#child.stdout!.destroy();
  }

  /** Resolves with the first match in all it has written so far, on either stream. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        act();
      };
      const fail = (why: string) =>
        settle(() =>
          reject(new Error(`zpipe ${this.#what} ${why} saying ${pattern}:\n${this.#stdout}${this.#stderr}`)),
        );
      const look = () => {
        const match = pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr);
        if (match !== null) settle(() => resolve(match));
      };
      const timer = setTimeout(() => fail("waits long without"), PATIENCE_MS);
      this.#listeners.add(look);
      void this.ended.then(() => fail("ended without"));
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#listeners]) look();
  }
}

const POLL_MS = 50;

/** For what nobody announces: looks again and again, but not for ever. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** A zombie is not: nobody may be there to bury it. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  return !/^\d+ \(.*\) [ZX]/s.test(read(`/proc/${pid}/stat`));
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
