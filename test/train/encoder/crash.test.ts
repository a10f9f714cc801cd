/** The program as a user starts it, killed at random moments and resumed: `kill -9` loses at most the epoch in flight. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { readManifest } from "../../../src/run/manifest-file.js";
import { layout } from "../../../src/run/layout.js";
import { cli, runCli } from "../../util/run-cli.js";
import { contents, scratchFolder } from "../scratch.js";
import { checkpointFolder } from "./fixtures.js";

const scratch = scratchFolder("encoder-crash");
const random = new Random(1);
const words = "man woman dogs boy chef train lake snow coat street guitar bench ball kitchen".split(" ");
const sentence = () => Array.from({ length: 4 }, () => words[random.below(words.length)]!).join(" ");
const rows = (count: number) =>
  `text,label\n${Array.from({ length: count }, () => `${sentence()},${random.below(2) ? "yes" : "no"}`).join("\n")}\n`;
writeFileSync(join(scratch, "train.csv"), rows(600));
writeFileSync(join(scratch, "test.csv"), rows(30));

const epochs = 4;
const asked = [
  ..."map train.csv --trainer encoder --head new --batch 8 --threads 1 --keep-embeddings".split(" "),
  ..."--learning-rate 0.003 --test id=test.csv".split(" "),
  ...["--epochs", String(epochs), "--model", checkpointFolder("bert")],
];

/** Runs the command; killed once that many epochs stand and some milliseconds more have gone. */
async function killedAfter(arguments_: readonly string[], run: string, epochs: number, more: number) {
  const child = spawn(process.execPath, [cli, ...arguments_], { cwd: scratch, stdio: "ignore" });
  const ended = once(child, "exit") as Promise<[number | null]>;
  let over = false;
  void ended.then(() => (over = true));
  while (!over && (await finished(run)) < epochs) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, more));
  child.kill("SIGKILL");
  const [code] = await ended;
  return code;
}

async function finished(run: string): Promise<number> {
  if (!existsSync(layout.manifest(run))) return -1;
  return (await readManifest(run)).epochs.finished;
}

it("a killed fine-tuning goes on to the bytes of an undisturbed one: dynamics, model, scores, embeddings", async () => {
  const whole = join(scratch, "whole");
  expect((await runCli([...asked, "-o", "whole"], { cwd: scratch })).code).toBe(0);
  const expected = contents(whole);
  expect(Object.keys(expected)).toEqual(
    expect.arrayContaining([
      "embeddings.parquet",
      "map.parquet",
      "model/model.safetensors",
      "tests/id.parquet",
    ]),
  );

  const run = join(scratch, "killed");
  const resume = ["map", "--resume", "killed"];
  expect(await killedAfter([...asked, "-o", "killed"], run, 1, 30 * random.unit())).toBeNull();
  const first = await finished(run);
  expect(first).toBeGreaterThanOrEqual(1);
  expect(first).toBeLessThan(epochs);
  expect(await killedAfter(resume, run, first + 1, 30 * random.unit())).toBeNull();
  expect(await finished(run)).toBeGreaterThan(first);
  expect((await runCli(resume, { cwd: scratch })).code).toBe(0);
  expect(contents(run)).toEqual(expected);
  const [a, b] = [await readManifest(whole), await readManifest(run)];
  expect([b.epochs, b.checksums, b.trainer]).toEqual([a.epochs, a.checksums, a.trainer]);

  // What was kept of each example is there to choose by.
  const { code, stderr } = await runCli(
    [..."select killed --by k-center --fraction 0.1 -o chosen.csv".split(" ")],
    { cwd: scratch },
  );
  expect(stderr).not.toMatch(/^alidade:/m);
  expect(code).toBe(0);
  expect(existsSync(join(scratch, "chosen.csv"))).toBe(true);
}, 180_000);
