import { expect, test } from "vitest";
import { around, mistakesIn, topologyOf } from "./support.js";

const stage = (name: string): string => `[stages.${name}]\ncommand = ["work"]\n`;
const home = (name: string): string => `[[edges]]\nfrom = "${name}"\nto = "server"\nloopback = true\n`;

test("included stages, proxies, edges and routes are added to the file's own", async () => {
  const topology = await topologyOf(around({ top: 'include = ["more/b.toml"]' }), {
    "more/b.toml": `${stage("b")}[proxies.b]\nprefetch = 1\n${home("b")}[[server.routes]]\npath = "/b"\nto = "b"\n`,
  });
  expect(topology.name).toBe("main");
  expect(topology.stages.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(topology.server?.routes.map(({ path }) => path)).toEqual(["/", "/b"]);
  expect(topology.edges).toHaveLength(2);
  expect(topology.proxies).toHaveLength(1);
});

test("paths are relative to the file that names them", async () => {
  const { stages } = await topologyOf(around({ top: 'include = ["more/b.toml"]' }), {
    "more/b.toml": `include = ["c/c.toml"]\n[stages.b]\nrun = "./b.ts"\n`,
    "more/b.ts": "",
    "more/c/c.toml": stage("c"),
  });
  expect(stages.map(({ run }) => run)).toEqual([
    { kind: "command", argv: ["work"], cwd: "/t" },
    { kind: "module", path: "/t/more/b.ts" },
    { kind: "command", argv: ["work"], cwd: "/t/more/c" },
  ]);
});

test("a file that two others include counts once", async () => {
  const { stages } = await topologyOf(around({ top: 'include = ["b.toml", "c.toml"]' }), {
    "b.toml": 'include = ["d.toml"]',
    "c.toml": 'include = ["d.toml"]',
    "d.toml": stage("d"),
  });
  expect(stages.map(({ name }) => name)).toEqual(["a", "d"]);
});

test("a setting or the server may stand in an included file instead", async () => {
  const topology = await topologyOf(`include = ["s.toml"]\n${stage("a")}${home("a")}`, {
    "s.toml": 'placement = "hub"\n[server]\nlisten = "http://localhost:1"\n[[server.routes]]\npath = "/"\nto = "a"',
  });
  expect(topology).toMatchObject({ placement: "hub", server: { port: 1 } });
});

test("files that include each other are a mistake", async () => {
  const files = { "b.toml": 'include = ["sub/c.toml"]', "sub/c.toml": '\ninclude = ["../b.toml"]' };
  expect(await mistakesIn(around({ top: 'include = ["b.toml"]' }), files)).toEqual([
    "sub/c.toml:2:12: the files include each other in a cycle: b.toml -> c.toml -> b.toml",
  ]);
});

test("a missing file is a mistake where it is named", async () => {
  expect(await mistakesIn(around({ top: 'include = [\n  "b.toml",\n]' }))).toEqual([
    "main.toml:2:3: cannot include /t/b.toml: file not found",
  ]);
});

test("what a broken included file may define is not reported as missing", async () => {
  expect(
    await mistakesIn(around({ top: 'include = ["b.toml"]', route: 'to = "b"' }).replace('to = "a"\n', ""), {
      "b.toml": "[",
    }),
  ).toEqual(["b.toml:1:2: not valid TOML: unexpected end of the file"]);
});

test("a name that two files define is a mistake that names both places", async () => {
  const files = { "sub/b.toml": `max_hops = 3\n[server]\ntimeout = "1s"\n\n${stage("a")}[proxies.p]\nstages = "a"\n` };
  const text = around({
    top: 'include = ["sub/b.toml"]\nmax_hops = 5',
    server: 'timeout = "1s"',
    rest: '[proxies.p]\nstages = "a"',
  });
  expect(await mistakesIn(text, files)).toEqual([
    "sub/b.toml:1:12: max_hops is already defined at ../main.toml:2:12",
    "sub/b.toml:2:1: [server] is already defined at ../main.toml:3:1",
    'sub/b.toml:5:1: stage "a" is already defined at ../main.toml:8:1',
    'sub/b.toml:7:1: proxy "p" is already defined at ../main.toml:14:1',
  ]);
});

test("a mistake in an included file is placed in it, after those of the file that includes it", async () => {
  const files = { "b.toml": `${stage("b")}${home("b").replace('"b"', '["b", "aa"]')}` };
  expect(await mistakesIn(around({ top: 'include = ["b.toml"]', stage: "workers = 0" }), files)).toEqual([
    "main.toml:8:11: workers must be a whole number from 1 to 1024, not 0",
    'b.toml:4:14: unknown stage "aa"',
  ]);
});
