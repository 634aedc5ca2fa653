// The best that one first-come-first-served queue in front of `workers` workers can do: M/G/k on recorded times.

/**
 * Times in system of jobs that arrive at `arrivals` (in order) and take `services`, when the free worker gets the next
 * job at once. All in one unit; a time in system is waiting and service.
 */
export function idealTimes(arrivals, services, workers) {
  const freeAt = new Array(workers).fill(Number.NEGATIVE_INFINITY);
  return arrivals.map((arrival, job) => {
    let first = 0;
    for (let worker = 1; worker < workers; worker++) if (freeAt[worker] < freeAt[first]) first = worker;
    freeAt[first] = Math.max(arrival, freeAt[first]) + services[job];
    return freeAt[first] - arrival;
  });
}
