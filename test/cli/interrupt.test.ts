/** Ctrl-C and going on, with the real program. */

import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { cli, runCli } from "../util/run-cli.js";
import { spawn } from "node:child_process";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-interrupt-"));
  const random = new Random(1);
  const word = (): string => `w${random.below(3000)}`;
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `${Array.from({ length: 40 }, word).join(" ")} ${i % 2 ? "up" : "down"},${i % 2}`,
  );
  await writeFile(join(folder, "data.csv"), `text,label\n${lines.join("\n")}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file of a run but the manifest, by path. */
async function fingerprint(run: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(folder, run), { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== "run.json") {
      found[path.slice(join(folder, run).length)] = createHash("sha256")
        .update(await readFile(path))
        .digest("hex");
    }
  }
  return found;
}

/** Interrupts the program once at least one epoch stands. */
async function stopMidway(run: string, epochs: number): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [cli, "map", "data.csv", "-o", run, "--epochs", String(epochs)], {
    cwd: folder,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  for (;;) {
    const manifest = await readFile(join(folder, run, "run.json"), "utf8").catch(() => "{}");
    if (((JSON.parse(manifest) as { epochs?: { finished: number } }).epochs?.finished ?? 0) > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGINT");
  return { code: await ended, stderr };
}

it("stops after the last finished epoch, says how to go on, and goes on to the same bytes", async () => {
  let epochs = 6;
  let stopped = await stopMidway("stopped", epochs);
  // Where this process slept until the other was done, that one gets more to do.
  while (stopped.code === 0) {
    await rm(join(folder, "stopped"), { recursive: true });
    stopped = await stopMidway("stopped", (epochs *= 2));
  }
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toMatch(
    new RegExp(
      `stopped: \\d+ of ${epochs} epochs stand in stopped; go on with: alidade map --resume stopped\n$`,
    ),
  );
  const resumed = await runCli(["map", "--resume", "stopped"], { cwd: folder });
  expect(resumed.code).toBe(0);
  const whole = await runCli(["map", "data.csv", "-o", "whole", "--epochs", String(epochs)], { cwd: folder });
  expect(whole.code).toBe(0);
  const [one, other] = [await fingerprint("stopped"), await fingerprint("whole")];
  expect(Object.keys(other).length).toBeGreaterThan(epochs + 2);
  expect(one).toEqual(other);
}, 300_000);

it("stops the search for near duplicates, and leaves nothing", async () => {
  const random = new Random(2);
  const text = (): string => Array.from({ length: 40 }, () => `w${random.below(3000)}`).join(" ");
  const lines = Array.from({ length: 30_000 }, (_, i) => `${text()},${i % 2}`);
  await writeFile(join(folder, "many.csv"), `text,label\n${lines.join("\n")}\n`);
  await writeFile(join(folder, "few.csv"), `text,label\n${lines.slice(0, 100).join("\n")}\n`);
  const before = await readdir(folder, { recursive: true });
  for (const line of [
    "map many.csv --group auto --protocol held-out -o grouped",
    "noise inject many.csv --group auto --rate 0.05 -o noisy.csv",
    "study regions many.csv --test id:few=few.csv --group auto -o study",
  ]) {
    const child = spawn(process.execPath, [cli, ...line.split(" ")], { cwd: folder });
    let stderr = "";
    let asked = 0;
    child.stderr.setEncoding("utf8").on("data", (more: string) => {
      stderr += more;
      if (asked > 0 || !stderr.includes("looks for near duplicates among 30,000 examples")) return;
      asked = performance.now();
      child.kill("SIGINT");
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    expect([line, code, stderr.split("\n").at(-2)]).toEqual([line, 130, "stopped: nothing was written"]);
    // About one on a quiet machine.
    expect(performance.now() - asked).toBeLessThan(3000);
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  }
}, 300_000);

it("goes on with more epochs than were planned", async () => {
  expect((await runCli(["map", "data.csv", "-o", "grown", "--epochs", "2"], { cwd: folder })).code).toBe(0);
  expect((await runCli(["map", "--resume", "grown", "--epochs", "4"], { cwd: folder })).code).toBe(0);
  expect((await runCli(["map", "data.csv", "-o", "at-once", "--epochs", "4"], { cwd: folder })).code).toBe(0);
  expect(await fingerprint("grown")).toEqual(await fingerprint("at-once"));
}, 300_000);

it("says nothing on standard output where the reader goes away", async () => {
  await runCli(["map", "data.csv", "-o", "piped", "--epochs", "1"], { cwd: folder });
  const child = spawn("sh", ["-c", `"${process.execPath}" "${cli}" show piped | head -n 1`], { cwd: folder });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  expect([code, stderr]).toEqual([0, ""]);
}, 300_000);
