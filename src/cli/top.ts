import { controlClient } from "../control/client.js";
import { findRun, listRuns } from "../control/runs.js";
import type { Dashboard, DashboardOptions } from "../dashboard/dashboard.js";
import type { Run } from "../runtime/run.js";
import { holdTalk, talk, wantsColour } from "./talk.js";
import { guardTerminal, restoreOnCrash } from "./terminal.js";

/** Shows a run until the user has seen enough. Throws when there is none; one that goes away is waited for. */
export async function showRun(name: string | undefined): Promise<void> {
  const record = await findRun(name);
  const dashboard = await openDashboard({
    name: record.name,
    find: async () => {
      const found = (await listRuns()).find((candidate) => candidate.name === record.name);
      return found && controlClient(found);
    },
    onInterrupt: () => false,
  });
  const unguard = guardTerminal(() => dashboard.close());
  await dashboard.closed;
  unguard();
}

/** Shows a run of this process, which goes on when the user has seen enough. Returns how to end it. */
export async function showOwnRun(run: Run): Promise<() => void> {
  const release = holdTalk();
  let isEnding = false;
  const dashboard = await openDashboard({
    name: run.record.name,
    find: async () => run,
    onInterrupt: () => {
      void run.stop({ kill: isEnding });
      isEnding = true;
      return true;
    },
  });
  const unguard = restoreOnCrash(() => dashboard.close());
  void dashboard.closed.then(() => {
    unguard();
    release();
    if (!isEnding) talk(`${run.record.name} goes on; Ctrl-C ends it, and \`zpipe top\` shows it again`);
  });
  return () => {
    isEnding = true;
    dashboard.close();
  };
}

async function openDashboard(options: Omit<DashboardOptions, "open">): Promise<Dashboard> {
  const [{ Dashboard: Class }, { openScreen }] = await Promise.all([
    import("../dashboard/dashboard.js"),
    import("../dashboard/screen.js"),
  ]);
  const { stdin: input, stdout: output } = process;
  const colour = wantsColour(output);
  return new Class({ ...options, open: (events) => openScreen({ input, output, colour, ...events }) });
}
