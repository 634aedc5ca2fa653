import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { isKey, parseAuthorized, readAuthorized, readClientKey, readServerKey } from "../../src/discovery/keys.js";
import { makeKeys } from "../../src/discovery/make-keys.js";

let directory: string;

beforeEach(() => {
  const base = mkdtempSync("/tmp/zpk-");
  directory = join(base, "keys");
  onTestFinished(() => rmSync(base, { recursive: true }));
});

describe("keys", () => {
  test("are made in files for their owner alone, and are two halves of a pair", async () => {
    const made = await makeKeys(directory, ["lab"]);
    for (const file of made.files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const server = await readServerKey(directory);
    const client = await readClientKey(join(directory, "lab.key"));
    expect([server.publicKey, server.secretKey, client.publicKey, client.secretKey].every(isKey)).toBe(true);
    expect(client.serverKey).toBe(server.publicKey);
    expect(readFileSync(join(directory, "lab.key"), "utf8")).not.toContain(server.secretKey);
    expect(await readAuthorized(directory)).toEqual(new Map([[client.publicKey, "lab"]]));
  });

  test("that are there are never written over", async () => {
    await makeKeys(directory, ["lab"]);
    const before = readFileSync(join(directory, "server.key"), "utf8");
    const more = await makeKeys(directory, ["desk"]);
    expect(more.files).toEqual([join(directory, "desk.key")]);
    expect(readFileSync(join(directory, "server.key"), "utf8")).toBe(before);
    expect([...(await readAuthorized(directory)).values()]).toEqual(["lab", "desk"]);
    await expect(makeKeys(directory, ["lab"])).rejects.toThrow(`${directory}/lab.key is there already`);
    await expect(makeKeys(directory, ["server"])).rejects.toThrow('a client cannot be called "server"');
    await expect(makeKeys(directory, ["../x"])).rejects.toThrow('a client cannot be called "../x"');
  });

  test("that others can read, or that are none, are not used, and are not quoted", async () => {
    await makeKeys(directory, ["lab"]);
    const file = join(directory, "lab.key");
    chmodSync(file, 0o644);
    await expect(readClientKey(file)).rejects.toMatchObject({
      message: `the key ${file} cannot be used: others can read it`,
      hints: [`Make it yours alone: chmod 600 ${file}`],
    });
    await expect(readClientKey(join(directory, "server.key"))).rejects.toThrow("it names no serverKey");
    writeFileSync(join(directory, "server.key"), "secret", { mode: 0o600 });
    await expect(readServerKey(directory)).rejects.toThrow(/cannot be used: it is not JSON$/);
    writeFileSync(join(directory, "server.key"), '{"publicKey":"x"}', { mode: 0o600 });
    await expect(readServerKey(directory)).rejects.toThrow("its publicKey and secretKey are not two keys in Z85");
    writeFileSync(join(directory, "server.key"), "null", { mode: 0o600 });
    await expect(readServerKey(directory)).rejects.toThrow("its publicKey and secretKey are not two keys in Z85");
    await expect(readClientKey(join(directory, "none.key"))).rejects.toThrow("ENOENT");
  });

  test("that may join stand in lines, with comments", () => {
    const [a, b] = ["a".repeat(40), "#".repeat(40)];
    const text = `# ${a} commented out\n\n${a} lab 7\n  ${b}\n${a.slice(1)} short\n`;
    expect(parseAuthorized(text)).toEqual(
      new Map([
        [a, "lab 7"],
        [b, ""],
      ]),
    );
  });
});
