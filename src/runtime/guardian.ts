import { execa } from "execa";

/** Kills the children when the supervisor dies in a way that leaves it no time to: `kill -9`. */
export interface Guardian {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Ends it; what is still watched is killed. */
  close(): Promise<void>;
}

/**
 * Reads `+pid` and `-pid` lines; the end of input means that the supervisor is gone. A child notices a closed channel by
 * itself only when its event loop gets to run, so a busy one has to be killed. A shell, since it must be small and must
 * outlive any trouble that Node may have.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
groups=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) groups="$groups$pid " ;;
    -*) groups="\${groups%% $pid *} \${groups#* $pid }" ;;
  esac
done
for pid in $groups; do
  kill -s KILL -- "-$pid" 2>/dev/null
done
`;

export function startGuardian(): Guardian {
  const subprocess = execa("/bin/sh", ["-c", SCRIPT], {
    stdin: "pipe",
    // Nothing of the supervisor's is held open: whoever waits for the end of its output gets it.
    stdout: "ignore",
    stderr: "ignore",
    cwd: "/",
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
  });
  const input = subprocess.stdin;
  // Somebody killed the guardian: children still end by their closed channels.
  input.on("error", () => {});
  const watched = new Set<number>();
  return {
    watch: (pid) => {
      watched.add(pid);
      input.write(`+${pid}\n`);
    },
    forget: (pid) => {
      if (watched.delete(pid)) input.write(`-${pid}\n`);
    },
    close: async () => {
      input.end();
      await subprocess;
    },
  };
}
