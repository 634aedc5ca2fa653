import { existsSync, readFileSync } from "node:fs";

/** What a process has used, told by the system: a process that computes cannot tell by itself. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Clock ticks of /proc are 1/100 s on every Linux that Node runs on. */
const TICK_MS = 10;

const HAS_PROC = existsSync("/proc/self/stat");

/** Undefined when the process is gone. Where the system has no /proc, it is what the process has told. */
export function usageOf(pid: number, told: Usage | undefined): Usage | undefined {
  if (!HAS_PROC) return told;
  try {
    // Behind the name of the program, which may hold any character: field 3 and on; utime and stime are 14 and 15.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return { cpuMs: ticks * TICK_MS, rssBytes: Number(rss?.[1] ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}
