import { mkdtempSync, rmSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { bindSink } from "../../../src/nodes/sink/sink.js";
import { answersChannel } from "../../../src/protocol/answers.js";
import { jobsChannel } from "../../../src/protocol/jobs.js";
import type { ToOwner } from "../../../src/protocol/messages.js";
import { Network } from "../../../src/transport/network.js";
import { Recorder } from "../../helpers/recorder.js";
import { makeJob } from "../jobs.js";

it("a job that could not be written fails again when it comes again", async () => {
  const directory = mkdtempSync("/tmp/zp-sink-");
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const network = new Network(() => "");
  const heard = new Recorder<ToOwner>();
  const fail = (error: Error) => {
    throw error;
  };
  await network.bind({ name: "tasks/answers", medium: "memory" }, answersChannel, {
    onMessage: (_, message) => heard.add(message),
    onGone: () => {},
    onError: fail,
  });
  const bound = await bindSink(
    {
      kind: "sink",
      name: "out",
      number: 0,
      jobs: { name: "out/jobs", medium: "memory" },
      output: { kind: "file", path: `${directory}/out.jsonl` },
      owners: [{ owner: 0, answers: "tasks/answers" }],
      ordered: [],
    },
    { network, directory, lives: 0, deadLetters: "", tell: () => {}, fail, log: () => {} },
  );
  const sink = await bound.start();
  const link = network.connect("out/jobs", jobsChannel, { onMessage: () => {}, onConnect: () => {} });
  const job = makeJob({ kind: 0, payload: Buffer.from("no\njson") });
  link.send(job);
  link.send({ ...job, attempt: 2 });
  const told = await heard.take(2);
  expect(told).toMatchObject([1, 2].map((attempt) => ({ type: "failure", attempt, stage: "out" })));
  await sink.close();
});
