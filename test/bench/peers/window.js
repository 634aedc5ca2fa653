// How the sources of the peers keep a bound on what is under way: they wait for acknowledgements from the sink.

export function createWindow(size) {
  let inFlight = 0;
  let wake = () => {};
  return {
    /** Takes `jobs` places, when there are so many. */
    async take(jobs = 1) {
      while (inFlight + jobs > size) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      inFlight += jobs;
    },
    give(jobs = 1) {
      inFlight -= jobs;
      wake();
    },
  };
}
