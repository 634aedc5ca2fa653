import type { Source } from "zpipe";

const task: Source = function* ({ metadata, log }) {
  log.info(`the task is told ${metadata.meta_variable}`);
  yield { task: metadata.meta_variable };
};

export default task;
