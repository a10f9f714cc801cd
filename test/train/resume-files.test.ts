/** Resuming with the readers that a user's run has: everything from files. */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { readDataset } from "../../src/dataset/read-dataset.js";
import { features } from "../../src/train/features/trainer.js";
import { resumeTraining } from "../../src/train/resume.js";
import { train } from "../../src/train/train.js";
import type { Protocol } from "../../src/train/trainer.js";
import { featuresDataset } from "./datasets.js";
import { problemOfAsync } from "./problem.js";
import { contents, scratchFolder } from "./scratch.js";

const folder = scratchFolder("resume-files");

/** A semicolon-separated file, so that the test set's own reading options matter. */
function write(path: string, size: number, seed: number): string {
  const { input, gold, labelNames } = featuresDataset({ size, seed });
  if (input.kind !== "features") throw new Error("not features");
  const header = ["key", ...input.columns.map((column) => column.name), "answer"].join(";");
  const lines = Array.from(gold, (label, row) =>
    [
      `k${row}`,
      ...input.columns.map(({ values }) => (Number.isNaN(values[row]) ? "" : (values[row] ?? ""))),
      labelNames[label],
    ].join(";"),
  );
  writeFileSync(path, [header, ...lines, ""].join("\n"));
  return path;
}

const trainFile = write(join(folder, "train.csv"), 150, 1);
const testFile = write(join(folder, "test.csv"), 40, 2);
const read = { delimiter: ";", id: "key", label: "answer", features: ["x", "y", "colour"] };
const dataset = await readDataset(trainFile, read);
const testRead = { delimiter: ";", rolesFrom: dataset.roles };
const test = await readDataset(testFile, testRead);

async function stopped(out: string, protocol: Protocol): Promise<void> {
  const controller = new AbortController();
  const update = (done: number): void => {
    if (done > 3 * dataset.size) controller.abort("SIGINT");
  };
  const effects = { ...quiet, progress: () => ({ update, end: () => undefined }) };
  const tests = { id: { dataset: test, read: testRead } };
  const { outcome } = await train(dataset, {
    out,
    trainer: features,
    protocol,
    tests,
    signal: controller.signal,
    effects,
  });
  expect(outcome).toBe("stopped");
}

describe("a run resumed from its files", () => {
  it.each<Protocol>(["epoch-end", "train-pass", "held-out"])(
    "equals an undisturbed one, byte for byte: %s",
    async (protocol) => {
      const [whole, again] = [join(folder, `${protocol}-whole`), join(folder, `${protocol}-again`)];
      const tests = { id: { dataset: test, read: testRead } };
      await train(dataset, { out: whole, trainer: features, protocol, tests });
      await stopped(again, protocol);
      expect((await resumeTraining(again)).outcome).toBe("finished");
      expect(contents(again)).toEqual(contents(whole));
    },
  );

  it("says when a test set's file has changed, or is gone", async () => {
    const out = join(folder, "changed");
    await stopped(out, "epoch-end");
    renameSync(testFile, `${testFile}.kept`);
    expect(await problemOfAsync(() => resumeTraining(out))).toContain(
      "test set id: its file has moved or is gone, ",
    );
    write(testFile, 40, 3);
    expect(await problemOfAsync(() => resumeTraining(out))).toContain(
      "test set id: its file has changed since the run began, ",
    );
    renameSync(`${testFile}.kept`, testFile);
    expect((await resumeTraining(out)).outcome).toBe("finished");
  });
});
