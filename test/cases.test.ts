/**
 * Every folder in test/cases is a whole-command case: `command` (a line for each command, without the program's name), input files
 * beside it, and what is expected: `stdout.txt`, `stderr.txt`, `exit` (0 where absent), `absent` (paths that must not be there
 * afterwards). Runs in a copy of the folder. A failure leaves `<file>-changed` beside; UPDATE_CASES=1 writes what came out.
 */

import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli, words } from "./util/run-cli.js";

const cases = new URL("./cases/", import.meta.url).pathname;
const expected = ["command", "stdout.txt", "stderr.txt", "exit", "absent", "input"];

for (const name of await readdir(cases)) {
  it(`case ${name}`, async () => {
    const folder = join(cases, name);
    const copy = await mkdtemp(join(tmpdir(), "alidade-case-"));
    try {
      await cp(folder, copy, {
        recursive: true,
        filter: (path) => !expected.some((file) => path === join(folder, file)),
      });
      const outcome = await play(folder, copy);
      const absent = await optional(join(folder, "absent"));
      for (const path of absent.split("\n").filter(Boolean))
        expect(existsSync(join(copy, path)), `${path} is left behind`).toBe(false);
      await compare(folder, "exit", `${outcome.code}\n`, "0\n");
      await compare(folder, "stderr.txt", normalise(outcome.stderr, copy), "");
      await compare(folder, "stdout.txt", normalise(outcome.stdout, copy), "");
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });
}

async function play(
  folder: string,
  cwd: string,
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const lines = (await readFile(join(folder, "command"), "utf8"))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const input = await optional(join(folder, "input"));
  const all = { stdout: "", stderr: "", code: 0 as number | null };
  for (const line of lines) {
    const { stdout, stderr, code } = await runCli(words(line), { cwd, input });
    all.stdout += stdout;
    all.stderr += stderr;
    all.code = code;
    if (code !== 0) break;
  }
  return all;
}

/** Times, rates and the folder's own place differ from run to run. */
function normalise(text: string, folder: string): string {
  return (
    text
      .replaceAll(folder, "<folder>")
      .replace(/in \d[\d.]* (s|min)( \d+ s)?/g, "in <time>")
      .replace(/"(began|updated)": ?"[^"]*"/g, '"$1": "<time>"')
      .replace(/"seconds": ?[\d.]+/g, '"seconds": "<time>"')
      .replace(/[\d.]+ s a step/g, "<time> a step")
      // Keys of steps, revisions, checksums: a change of what they are made from changes them. A number has no letters.
      .replace(/\b(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}\b/g, "<key>")
      .replace(/ {2}[0-9a-f]{8}$/gm, "  <key>")
      .replace(/\S*alidade-command-\w{6}/g, "<workspace>")
      .replace(/process \d+/g, "process <pid>")
  );
}

async function compare(folder: string, file: string, actual: string, fallback: string): Promise<void> {
  const path = join(folder, file);
  const changed = `${path}-changed`;
  const wanted = existsSync(path) ? await readFile(path, "utf8") : fallback;
  if (actual !== wanted && process.env["UPDATE_CASES"]) {
    await writeFile(path, actual);
    return;
  }
  if (actual === wanted) await rm(changed, { force: true });
  else await writeFile(changed, actual);
  expect(actual).toBe(wanted);
}

async function optional(path: string): Promise<string> {
  return existsSync(path) ? await readFile(path, "utf8") : "";
}
