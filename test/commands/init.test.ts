import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scaffold } from "../../src/scaffold/scaffold.js";
import { temporaryDirectory } from "../runtime/support.js";

function templates(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "hello", "workers"), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(directory, "hello", file), text);
  write("package.json", '{ "name": "{{name}}", "dependencies": { "zpipe": "^{{version}}" } }');
  write("gitignore", "node_modules\n");
  write("hello.toml", "# {{untouched}}\n");
  write("workers/hello.ts", "export default () => 1;\n");
  return directory;
}

const options = (directory: string) =>
  ({ directory, template: "hello", force: false, version: "1.2.3", templates: templates() }) as const;

test("a project has the files of its template, with the names filled in", async () => {
  const directory = join(temporaryDirectory(), "My Graph");
  const { files, next } = await scaffold(options(directory));
  expect(files).toEqual([".gitignore", "hello.toml", "package.json", "workers/hello.ts"]);
  expect(JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))).toEqual({
    name: "my-graph",
    dependencies: { zpipe: "^1.2.3" },
  });
  expect(readFileSync(join(directory, "hello.toml"), "utf8")).toBe("# {{untouched}}\n");
  expect(next).toEqual([`cd '${directory}'`, "npm install", "zpipe up hello.toml"]);
});

test("a directory that is not empty is left alone, unless by force", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "mine"), "");
  await expect(scaffold(options(directory))).rejects.toMatchObject({ code: "directory-not-empty", exitCode: 2 });
  await scaffold({ ...options(directory), force: true });
  expect(readFileSync(join(directory, "mine"), "utf8")).toBe("");
});
