import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { bindProxy } from "../../../src/nodes/proxy/proxy.js";
import type { InboxPlan, ProxyPlan } from "../../../src/plan/types.js";
import { answersChannel } from "../../../src/protocol/answers.js";
import { jobsChannel } from "../../../src/protocol/jobs.js";
import type { ToOwner, ToProxy } from "../../../src/protocol/messages.js";
import { Network } from "../../../src/transport/network.js";
import { zeromqMedium } from "../../../src/transport/zeromq.js";
import { Recorder } from "../../helpers/recorder.js";
import { makeJob } from "../jobs.js";

const NEXT = 1;

const PLAN: ProxyPlan = {
  kind: "proxy",
  name: "first",
  number: 1,
  jobs: { name: "first/jobs", medium: "ipc" },
  workers: { name: "first/workers", medium: "ipc" },
  stages: [],
  proxies: [
    { jobs: "first/jobs", stages: [] },
    { jobs: "next/jobs", stages: [NEXT] },
  ],
  owners: [{ owner: 0, answers: "server/answers" }],
  stageNames: ["first", "next"],
  maxHops: 10,
  prefetch: undefined,
  maxQueued: undefined,
  policy: "fifo",
};

it("a proxy that finds a neighbour at a new address tells the owner that jobs may be lost", async () => {
  const directory = mkdtempSync(join(tmpdir(), "zpipe-proxy-"));
  const endpoint = (name: string) => `ipc://${directory}/${name}`;
  const heard = new Recorder<ToOwner>();
  const onError = (error: Error) => {
    throw error;
  };
  const ignore = { onMessage: () => {}, onGone: () => {}, onError };
  const owner = await zeromqMedium.bind(endpoint("owner"), answersChannel, {
    ...ignore,
    onMessage: (_, message) => heard.add(message),
  });
  const neighbours = await Promise.all(
    ["next1", "next2"].map((name) => zeromqMedium.bind(endpoint(name), jobsChannel, ignore)),
  );
  const network = new Network((inbox: InboxPlan) => endpoint(inbox.name.replace("/", ".")));
  const proxy = await bindProxy(PLAN, {
    network,
    tell: () => {},
    log: () => {},
    fail: onError,
    directory,
    lives: 0,
    deadLetters: "",
  });
  const bookWith = (next: string) =>
    network.setBook({
      "server/answers": { endpoint: owner.endpoint!, epoch: 1 },
      "next/jobs": { endpoint: endpoint(next), epoch: 1 },
    });
  bookWith("next1");
  const running = await proxy.start();
  onTestFinished(async () => {
    await running.close();
    for (const inbox of [owner, ...neighbours]) inbox.close();
    rmSync(directory, { recursive: true });
  });

  // A refusal shows that the links are up, and that finding its neighbours for the first time is no loss.
  const entry = zeromqMedium.connect<ToProxy, never>(proxy.endpoints["first/jobs"]!, jobsChannel, {
    onMessage: () => {},
    onConnect: () => {},
  });
  onTestFinished(() => entry.close());
  entry.send(makeJob({ to: 99 }));
  expect((await heard.take(1)).map(({ type }) => type)).toEqual(["failure"]);

  bookWith("next2");
  expect(await heard.take(1)).toEqual([{ type: "lost" }]);
});
