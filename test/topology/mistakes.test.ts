import { describe, expect, test } from "vitest";
import { around, mistakesIn } from "./support.js";

type Parts = Parameters<typeof around>[0];

// Beside those of test/fixtures/broken: one mistake each, in a file that has no other.
const MISTAKES: readonly (readonly [Parts, string])[] = [
  [
    { top: 'name = "2nd"' },
    '1:8: name must be a name (letters, digits, "_" and "-", beginning with a letter, at most 40 of them), not "2nd"',
  ],
  [{ top: "include = 3" }, "1:11: include must be an array of paths, not 3"],
  [{ top: "include = [1]" }, "1:12: include must be an array of paths, not of 1"],
  [
    { server: 'listen = "http://localhost"' },
    '2:10: listen must be an address such as "http://127.0.0.1:8080" (http, a host, a port from 0 to 65535), not "http://localhost"',
  ],
  [
    { server: 'listen = "http://a:65536"' },
    '2:10: listen must be an address such as "http://127.0.0.1:8080" (http, a host, a port from 0 to 65535), not "http://a:65536"',
  ],
  [
    { server: 'listen = "http://[::zz]:1"' },
    '2:10: listen must be an address such as "http://127.0.0.1:8080" (http, a host, a port from 0 to 65535), not "http://[::zz]:1"',
  ],
  [{ server: 'on_timeout = "late"' }, '2:14: on_timeout must be a table, not "late"'],
  [{ server: "on_timeout = { body = [nan] }" }, "2:24: JSON has no NaN"],
  [{ server: "on_timeout = { code = 200 }" }, '2:16: unknown key "code" in on_timeout'],
  [
    { server: 'cors = { origin = ["a.org"] }' },
    '2:19: origin must be "*", an origin such as "https://example.org", or an array of origins, not an array',
  ],
  [{ server: 'cors = { headers = "x" }' }, '2:20: headers must be an array of strings, none of them empty, not "x"'],
  [{ route: 'path = "/a/:x/:x"' }, '4:8: path must be "/" and segments, such as "/tiles/:z/:x", not "/a/:x/:x"'],
  [{ route: 'path = "/a b"' }, '4:8: path must be "/" and segments, such as "/tiles/:z/:x", not "/a b"'],
  [{ route: 'method = ["POST", "post"]' }, '5:19: method lists "POST" twice'],
  [{ route: 'method = "PSOT"' }, '5:10: unknown method "PSOT"; did you mean "POST"?'],
  [{ route: "method = []" }, '5:10: method must be a method such as "GET" or an array of them, not an empty array'],
  [{ route: 'query = ["n"]' }, "5:9: query must be a table, not an array"],
  [
    { route: 'path = "/:x"\nbody = "bytes"' },
    '5:8: a route with body = "bytes" has no query or path parameters: its job is the bytes alone',
  ],
  [
    { route: 'path = "/:x"\nparams = { x = { type = "integer", default = 1 } }' },
    "5:46: x is a part of the path, so it is always there",
  ],
  [
    { route: 'path = "/:x"\nparams = { x = "integer[]" }' },
    '5:16: x is a part of the path: exactly one value, always there (write "integer")',
  ],
  [
    { route: 'query = { n = { type = "integer", enum = [] } }' },
    "5:42: enum must be an array with at least one value, each of them an integer, not an empty array",
  ],
  [{ route: 'query = { n = { type = "integer", default = 1.0 } }' }, "5:45: default must be an integer, not 1.0"],
  [
    { route: 'query = { n = { type = "integer", default = 9007199254740993 } }' },
    "5:45: default must be an integer, not 9007199254740993",
  ],
  [
    { route: 'query = { n = { type = "integer[]", default = [1, "2"] } }' },
    "5:47: default must be an array, each item an integer, not an array",
  ],
  [
    { route: 'query = { n = { type = "integer[]", min = 2, default = [3, 1] } }' },
    "5:60: default must be at least 2, not 1",
  ],
  [
    { route: 'query = { n = { type = "integer[]", max_items = 0 } }' },
    "5:49: max_items must be a whole number, 1 or more, not 0",
  ],
  [
    { stage: 'command = ["a", 1]' },
    '6:11: command must be an array of a program and its arguments, such as ["python3", "worker.py"], not an array',
  ],
  [
    { stage: 'command = "work"' },
    '6:11: command must be an array of a program and its arguments, such as ["python3", "worker.py"], not "work"',
  ],
  [{ stage: 'run = ""' }, '6:7: run must be the path of a module (.js, .mjs, .ts, .mts), not ""'],
  [{ stage: "workers = 1025" }, "7:11: workers must be a whole number from 1 to 1024, not 1025"],
  [{ stage: "workers = { min = 1, max = 2, mx = 3 }" }, '7:31: unknown key "mx" in workers; did you mean "max"?'],
  [
    { stage: "threads = 2" },
    "7:11: threads are for a module, and this stage has a command (more workers, or concurrency for a program that does several jobs at a time)",
  ],
  [{ stage: "join = []" }, "7:8: join must be the name of a stage or an array of them, not an empty array"],
  [{ stage: "env = 3" }, "7:7: env must be a table, not 3"],
  [{ rest: "[[edges]]\nfrom = 1\nto = 'a'" }, "12:8: from must be the name of a stage or an array of them, not 1"],
  [
    { rest: "[[edges]]\nfrom = ['a', 1]\nto = 'a'" },
    "12:14: from must be the name of a stage or an array of them, not 1",
  ],
  [{ rest: "[proxies]\np = 1" }, "12:5: [proxies.p] must be a table, not 1"],
  [
    { rest: "[proxies.p]\nstages = 'a'\nprefetch = 1.5" },
    "13:12: prefetch must be a whole number from 0 to 50000, not 1.5",
  ],
  [
    { rest: "[proxies.p]\nstages = 'a'\npolicy = 'piority'" },
    '13:10: policy must be "fifo", "priority", "fair" or "earliest-deadline", not "piority"; did you mean "priority"?',
  ],
];

describe("a mistake is reported at its place", () => {
  test.each(MISTAKES)("%j", async (parts, expected) => {
    expect(await mistakesIn(around(parts))).toEqual([`main.toml:${expected}`]);
  });
});

describe("a mistake in a stage with a module is reported at its place", () => {
  test.each([
    ["threads = 0", "7:11: threads must be a whole number from 1 to 256, not 0"],
    ["threads = 257", "7:11: threads must be a whole number from 1 to 256, not 257"],
    [
      "threads = 4\nconcurrency = 3",
      "8:15: concurrency must be at least threads, which is 4, not 3 (leave it out: each thread does one job at a time then)",
    ],
  ])("%j", async (keys, expected) => {
    const text = around({ stage: `run = "a.js"\n${keys}` });
    expect(await mistakesIn(text, { "a.js": "" })).toEqual([`main.toml:${expected}`]);
  });
});

describe("the TOML itself", () => {
  test.each([
    ["a = ", "1:5: not valid TOML: unexpected end of the file"],
    ["a = 1\nb = 'x\n", "2:7: not valid TOML: unexpected end of the line"],
    ["a = !", '1:5: not valid TOML: unexpected "!"'],
    ["a = 1\na = 2", "2:1: not valid TOML: cannot redefine existing key 'a'"],
    ["[a]\n\n[a]", "3:1: not valid TOML: cannot redefine existing key 'a'"],
    [
      "a = 99999999999999999999",
      "1:5: not valid TOML: integer literal is outside the 64-bit signed integer range required by TOML",
    ],
  ])("%j", async (text, expected) => {
    expect(await mistakesIn(text)).toEqual([`main.toml:${expected}`]);
  });
});

describe("columns", () => {
  test("are right in dotted keys, quoted keys and nested arrays", async () => {
    const text = 'server.listen = 1\n"max_hops" = 0\nstages.a.command = ["x"]\nstages.a."workers".min = 0\n';
    expect(await mistakesIn(text)).toEqual([
      "main.toml:1:1: [server] has no routes, so nothing enters the topology (add [[server.routes]])",
      'main.toml:1:17: listen must be an address such as "http://127.0.0.1:8080" (http, a host, a port from 0 to 65535), not 1',
      "main.toml:2:14: max_hops must be a whole number from 1 to 1000000000, not 0",
      "main.toml:4:10: workers needs max",
      "main.toml:4:26: min must be a whole number from 1 to 1024, not 0",
    ]);
  });

  test("count UTF-16 units, as editors do", async () => {
    expect(await mistakesIn(around({ server: 'cors = { "é𝄞" = 1 }' }))).toEqual([
      'main.toml:2:10: unknown key "é𝄞" in cors',
    ]);
  });
});

test("a name from JavaScript's own objects is a name like any other", async () => {
  const text =
    '[server]\n[[server.routes]]\npath = "/"\nto = "constructor"\n[stages.toString]\ncommand = ["x"]\n__proto__ = 1\n';
  expect(await mistakesIn(text)).toEqual([
    'main.toml:4:6: unknown stage "constructor"',
    'main.toml:7:1: unknown key "__proto__" in [stages.toString]',
  ]);
});
