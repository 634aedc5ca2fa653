import { rmSync } from "node:fs";

// A file that was renamed in src must not live on in dist: oclif loads every file it finds under dist/commands.
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
