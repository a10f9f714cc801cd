/** Draws the README's picture, docs/images/banking77.png, with the program itself. Needs dist/ (`npm run build`). */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "alidade-image-"));
const run = join(scratch, "run");

function alidade(...args) {
  const { status } = spawnSync(process.execPath, ["dist/cli/main.js", ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`alidade ${args[0]} ended with ${status}`);
}

try {
  mkdirSync(join(root, "docs/images"), { recursive: true });
  alidade("map", "examples/banking77/train.csv", "-o", run);
  alidade("plot", run, "-o", "docs/images/banking77.png");
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
