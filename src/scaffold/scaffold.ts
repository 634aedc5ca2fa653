import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode, ZpipeError } from "../errors.js";

export const TEMPLATES = ["hello", "scatter-gather"] as const;

export interface ScaffoldOptions {
  readonly directory: string;
  readonly template: (typeof TEMPLATES)[number];
  /** Write into a directory that is not empty. */
  readonly force: boolean;
  /** Of zpipe, for the package.json of the project. */
  readonly version: string;
  /** Where the templates are. */
  readonly templates?: string;
}

export interface Scaffolded {
  /** Absolute. */
  readonly directory: string;
  readonly files: readonly string[];
  /** Shell commands that come next. */
  readonly next: readonly string[];
}

/** From src/scaffold as well as from dist/scaffold. */
const TEMPLATES_DIRECTORY = fileURLToPath(new URL("../../templates", import.meta.url));

/** Copies a template, with the names in its files filled in. */
export async function scaffold({
  directory,
  template,
  force,
  version,
  templates = TEMPLATES_DIRECTORY,
}: ScaffoldOptions): Promise<Scaffolded> {
  const target = resolve(directory);
  if (!force) await ensureEmpty(target);
  const source = join(templates, template);
  const values = { name: packageName(basename(target)), version };
  const files = await filesOf(source);
  for (const file of files) {
    const path = join(target, nameInProject(file));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, fill(await readFile(join(source, file), "utf8"), values));
  }
  const written = files.map(nameInProject);
  return { directory: target, files: written, next: nextSteps(directory, written) };
}

async function ensureEmpty(directory: string): Promise<void> {
  const entries = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new ZpipeError(`${directory} cannot be used: ${error.message}`, { code: "bad-directory", cause: error });
  });
  if (entries.length === 0) return;
  throw new ZpipeError(`${directory} is not empty`, {
    code: "directory-not-empty",
    exitCode: ExitCode.usage,
    hints: ["Name another directory, or use --force to write into this one."],
  });
}

/** Relative paths, sorted. */
async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(directory, join(entry.parentPath, entry.name))).sort();
}

/** npm leaves `.gitignore` out of packages, so a template has it without the dot. */
function nameInProject(file: string): string {
  return basename(file) === "gitignore" ? join(dirname(file), ".gitignore") : file;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** What npm takes as a name. */
function packageName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9-_.~]+/g, "-")
    .replace(/^[-_.]+|-+$/g, "");
  return plain === "" ? "zpipe-project" : plain;
}

function nextSteps(directory: string, files: readonly string[]): readonly string[] {
  const topology = files.find((file) => file.endsWith(".toml")) ?? "topology.toml";
  return [`cd ${quote(directory)}`, ...(files.includes("package.json") ? ["npm install"] : []), `zpipe up ${topology}`];
}

function quote(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
