import { AnswerCheck } from "../../src/load/answer-check.js";
import { loadTopology } from "../../src/topology/load.js";
import type { Sample } from "../../src/topology/types.js";
import { ask } from "./http.js";

/** Sends every sample of a topology to a run of it; what came back that should not have. */
export async function wrongAnswers(file: string, url: string): Promise<readonly unknown[]> {
  const loaded = await loadTopology(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const { samples } = loaded.topology;
  if (samples.length === 0) throw new Error(`${file} has no samples`);
  const check = new AnswerCheck(samples);
  const answers = await Promise.all(samples.map((sample) => answerOf(url, sample)));
  return answers.flatMap((reply, i) => (check.isRight(i, reply) ? [] : [check.describe(i, reply)]));
}

async function answerOf(url: string, { method, target, body }: Sample) {
  const content =
    body === undefined
      ? {}
      : body.kind === "json"
        ? { body: JSON.stringify(body.value), headers: { "content-type": "application/json" } }
        : { body: body.text, headers: { "content-type": body.contentType } };
  return await ask(url + target, { method, ...content });
}
