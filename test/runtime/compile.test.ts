import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { compileModules } from "../../src/runtime/compile.js";
import { stage, temporaryDirectory, topologyOf } from "./support.js";

const moduleStage = (name: string, path: string) => stage(name, { run: { kind: "module", path } });

function project(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

test("a TypeScript module is compiled with what it imports, and finds packages and files as its source would", async () => {
  const directory = project({
    "node_modules/pack/package.json": '{ "name": "pack", "type": "module", "exports": { "import": "./pack.js" } }',
    "node_modules/pack/pack.js": "export const name = import.meta.url;",
    "helper.ts": "export const twice = (n: number): number => n * 2;",
    "worker.ts": `
      import { basename } from "node:path";
      import { name } from "pack";
      import { twice } from "./helper.js";
      export default () => [twice(21), name, import.meta.url, basename("/a/b")];`,
  });
  const source = join(directory, "worker.ts");
  const out = temporaryDirectory();
  const compiled = await compileModules(topologyOf([moduleStage("a", source), moduleStage("b", source)]), out);
  expect(Object.keys(compiled)).toEqual([source]);
  const module = (await import(pathToFileURL(compiled[source]!).href)) as { default: () => unknown };
  const inProject = (name: string) => pathToFileURL(join(directory, name)).href;
  expect(module.default()).toEqual([42, inProject("node_modules/pack/pack.js"), inProject("worker.ts"), "b"]);
});

test("what cannot be compiled is told with its place", async () => {
  const source = join(project({ "worker.ts": "export default () => {\n  const = 3;\n}" }), "worker.ts");
  await expect(compileModules(topologyOf([moduleStage("a", source)]), temporaryDirectory())).rejects.toMatchObject({
    code: "compile-failed",
    exitCode: 2,
    message: expect.stringMatching(/worker\.ts:2:9: Expected identifier/),
  });
});

test("JavaScript is left as it is", async () => {
  expect(await compileModules(topologyOf([moduleStage("a", "/a/worker.js")]), "/nowhere")).toEqual({});
});
