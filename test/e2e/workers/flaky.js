const failures = new Map();

/** Throws as often as the job says, and tells how often it was called. */
export default async ({ id, throws, status }) => {
  const before = failures.get(id) ?? 0;
  if (before === throws) return { id, calls: before + 1 };
  failures.set(id, before + 1);
  throw Object.assign(new Error(`failure ${before + 1}`), { status });
};
