import type { Context, Metadata, SetupContext } from "zpipe";

let metadata: Metadata;

export function setup(worker: SetupContext) {
  metadata = worker.metadata;
}

export default (job: object, { stage }: Context) => ({ ...job, by: stage, told: metadata.meta_variable });
