import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { outputRead } from "../src/output.js";

function shell(script: string): ChildProcess {
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  onTestFinished(() => void process.kill(-child.pid!, "SIGKILL"));
  return child;
}

for (const [what, script] of [
  ["stdout", "sleep 60 2>/dev/null & echo hi"],
  ["stderr", "sleep 60 >/dev/null & echo hi"],
  ["both", "sleep 60 & echo hi"],
] as const) {
  test(`what is left behind and holds ${what} is not waited for`, async () => {
    const child = shell(script);
    let read = "";
    child.stdout!.on("data", (chunk) => {
      read += chunk;
    });
    child.stderr!.resume();
    const closed = once(child, "close").then(() => "closed");
    await once(child, "exit");
    expect(await Promise.race([closed, outputRead(child).then(() => "read")])).toBe("read");
    expect(read).toBe("hi\n");
  });
}

test("what has been written is waited for, however slowly it is taken", async () => {
  const child = Object.assign(new EventEmitter(), { stdout: new PassThrough(), stderr: new PassThrough() });
  child.stderr.pause();
  let closed = false;
  setTimeout(() => {
    closed = true;
    child.emit("close");
  }, 500);
  await outputRead(child as unknown as ChildProcess);
  expect(closed).toBe(true);
});
