/** Budgets in updates: what each epoch makes of them, and what a run by steps leaves. */

import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { command } from "../../src/train/command/trainer.js";
import { ngram } from "../../src/train/ngram/trainer.js";
import { resumeTraining } from "../../src/train/resume.js";
import { passes, updatesOf } from "../../src/train/step-budget.js";
import { train } from "../../src/train/train.js";
import { textDataset } from "./datasets.js";
import { problemOfAsync } from "./problem.js";
import { contents, scratchFolder } from "./scratch.js";

const scratch = scratchFolder("step-budget");
const dataset = textDataset({ size: 100, seed: 1 });
// 100 examples by 32 are 4 updates an epoch.
const perEpoch = 4;

describe("passes", () => {
  it("share out exactly the updates that were asked for, whole epochs first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), (steps, each) => {
        const { epochs, updates, isWhole } = passes({ epochs: 6, steps }, each);
        const all = Array.from({ length: epochs }, (_, epoch) => updates(epoch));
        expect(all.reduce((sum, one) => sum + one, 0)).toBe(steps);
        expect(all.slice(0, -1).every((one) => one === each)).toBe(true);
        expect(all.at(-1)).toBeGreaterThan(0);
        expect(isWhole(epochs - 1)).toBe(steps % each === 0);
      }),
    );
  });

  it("by epochs are whole", () => {
    const { epochs, updates } = passes({ epochs: 6 }, perEpoch);
    expect([epochs, updates(0), updates(5), updates(6)]).toEqual([6, perEpoch, perEpoch, 0]);
    expect(updatesOf(ngram, ngram.options.parse({ epochs: 6 }), 100)).toBe(6 * perEpoch);
    expect(updatesOf(ngram, ngram.options.parse({ steps: 7 }), 100)).toBe(7);
  });
});

describe("a run by steps", () => {
  it("has as many epochs as its updates take, and no more epochs later", async () => {
    const out = join(scratch, "whole");
    const { manifest } = await train(dataset, { out, options: { steps: 10 } });
    expect(manifest.epochs).toEqual({ planned: 3, finished: 3 });
    expect(manifest.trainer?.options).toMatchObject({ steps: 10, epochs: 3 });

    expect(await problemOfAsync(() => resumeTraining(out, { epochs: 9 }))).toMatch(
      /--epochs: .* planned for 10 updates/,
    );
  });

  it("in a train pass has its whole epochs, and the model of all updates", async () => {
    const out = join(scratch, "train-pass");
    const { manifest } = await train(dataset, { out, options: { steps: 10 }, protocol: "train-pass" });
    expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
    const epochEnd = join(scratch, "whole");
    const model = (folder: string) =>
      Object.entries(contents(folder)).filter(([name]) => name.startsWith("model"));
    expect(model(out).length).toBeGreaterThan(0);
    expect(model(out)).toEqual(model(epochEnd));
  });

  it("is refused where it could not be observed", async () => {
    const steps = perEpoch - 1;
    const asked = (more: object) => train(dataset, { out: join(scratch, "no"), options: { steps }, ...more });
    expect(await problemOfAsync(() => asked({ protocol: "train-pass" }))).toMatch(
      /--steps: one epoch makes 4 updates.*, 3;/,
    );
    expect(await problemOfAsync(() => asked({ protocol: "held-out" }))).toMatch(/--steps: held-out/);
    expect(await problemOfAsync(() => asked({ trainer: command, options: { steps, command: "x" } }))).toMatch(
      /--steps: the command trainer does not count its updates, 3; give --epochs/,
    );
    expect(await problemOfAsync(() => asked({ options: { steps: 0 } }))).toMatch(/steps: must be at least 1/);
    expect(await problemOfAsync(() => asked({ options: { steps: 2.5 } }))).toMatch(
      /steps: must be a whole number/,
    );
  });
});
