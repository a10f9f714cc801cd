/**
 * Compiles `dist/` once before the tests: worker threads and whole-command cases run the compiled program.
 * Type errors do not stop it (the compiler emits all the same): `npm run typecheck` is what reports them.
 */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export default function build(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const compiler = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"];
  const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: "ignore" });
  if (status !== 0) console.warn("dist/ was built in spite of type errors: see npm run typecheck");
}
