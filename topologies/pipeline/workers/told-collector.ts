import type { SetupContext } from "zpipe";

let worker: SetupContext;

export function setup(told: SetupContext) {
  worker = told;
}

export default ({ by }: { by: string }) => {
  worker.log.info(`the collector is told ${worker.metadata.meta_variable}, and has the job from ${by}`);
};
