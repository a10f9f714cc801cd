/** Builds dist/ after an installation from source. An installed package brings its own. */

import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";

const compiler = "node_modules/typescript/bin/tsc";
if (existsSync(compiler)) {
  const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else if (!existsSync("dist/cli/main.js")) {
  console.error("alidade: building needs the dev dependencies; run npm ci without --omit=dev");
  process.exitCode = 1;
}
