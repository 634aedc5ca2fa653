import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { World } from "./zpipe.js";

const WORKERS = fileURLToPath(new URL("../e2e/workers/", import.meta.url));

let places = 0;

/** A folder with a topology and the files that it reads and writes. */
export class Place {
  readonly directory: string;
  readonly topology: string;
  /** The name of its runs. */
  readonly name = `batch-${process.pid}-${places++}`;

  /** @param toml `WORKERS/` in it stands for the folder of the tests' workers */
  constructor(world: World, toml: string) {
    this.directory = join(world.directory, this.name);
    mkdirSync(this.directory);
    this.topology = join(this.directory, "t.toml");
    writeFileSync(this.topology, toml.replaceAll("WORKERS/", WORKERS).replaceAll("HERE/", `${this.directory}/`));
  }

  file(name: string): string {
    return join(this.directory, name);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  write(name: string, text: string): void {
    writeFileSync(this.file(name), text);
  }

  text(name: string): string {
    return readFileSync(this.file(name), "utf8");
  }

  /** Its whole lines; none when it is not there. */
  lines(name: string): string[] {
    return this.has(name) ? linesOf(this.text(name)) : [];
  }

  open(name: string, flags: "r" | "w"): number {
    return openSync(this.file(name), flags);
  }
}

/** @throws Error when the last line is cut short */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error(`the last line has no end: ${text.slice(-100)}`);
  return lines;
}

/** JSON lines of 1 to n, each made into a job. */
export function jobs(n: number, job: (i: number) => unknown = (i) => i): string {
  return Array.from({ length: n }, (_, i) => `${JSON.stringify(job(i + 1))}\n`).join("");
}
