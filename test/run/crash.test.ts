import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { layout } from "../../src/run/layout.js";
import { openRun } from "../../src/run/reader.js";
import { fingerprint, repository, scratchFolder } from "./support.js";

const child = join(repository, "test", "run", "crash-child.mjs");

/** Writes the run in a process of its own, killed after some milliseconds. Says how it ended and which epochs it had finished. */
async function write(folder: string, killAfter: number | null) {
  const writer = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  writer.stdout.on("data", (text: Buffer) => {
    if (said === "" && killAfter !== null) setTimeout(() => writer.kill("SIGKILL"), killAfter);
    said += text.toString();
  });
  const began = performance.now();
  const [code] = (await once(writer, "close")) as [number | null];
  return {
    killed: code === null,
    code,
    milliseconds: performance.now() - began,
    finished: said.match(/epoch/g)?.length ?? 0,
  };
}

it("loses nothing finished to kill -9 at random moments, and ends with the same bytes", async () => {
  const scratch = scratchFolder();
  const straight = join(scratch, "straight");
  const { code, milliseconds } = await write(straight, null);
  expect(code).toBe(0);
  const expected = fingerprint(straight);
  expect(Object.keys(expected)).toHaveLength(16);

  const random = new Random(Date.now());
  let kills = 0;
  let resumed = 0;
  for (let round = 0; kills < 14 || round < 2; round++) {
    const folder = join(scratch, `killed-${round}`);
    for (let attempt = 0; ; attempt++) {
      const before = existsSync(layout.manifest(folder)) ? (await openRun(folder)).epochs : 0;
      if (before > 0) resumed++;
      const outcome = await write(folder, attempt < 8 ? random.unit() * milliseconds * 0.6 : null);
      if (!outcome.killed) {
        expect(outcome.code).toBe(0);
        break;
      }
      kills++;
      if (!existsSync(layout.manifest(folder))) continue;
      const run = await openRun(folder);
      // What was said to be finished is; all that is named is whole.
      expect(run.epochs).toBeGreaterThanOrEqual(before + outcome.finished);
      expect(await run.verify()).toEqual([]);
    }
    expect(fingerprint(folder)).toEqual(expected);
  }
  // Else the kills came too early or too late to test anything.
  expect(resumed).toBeGreaterThan(2);
});
