/** Early stopping on a dev set: where it ends, also after interruptions. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { encoder } from "../../../src/train/encoder/trainer.js";
import { matchLabels } from "../../../src/train/map-labels.js";
import { resumeWith } from "../../../src/train/resume-with.js";
import { predictLabels, scorePredictions } from "../../../src/train/score.js";
import type { TestScores } from "../../../src/train/test-recorder.js";
import { train } from "../../../src/train/train.js";
import { problemOfAsync } from "../problem.js";
import { contents, scratchFolder } from "../scratch.js";
import { collect, optionsOf, sentences, start, trained } from "./trainings.js";

const scratch = scratchFolder("early-stop");

describe("early stopping", () => {
  const dataset = sentences(40, 3);
  const dev = join(scratch, "dev.csv");
  writeFileSync(
    dev,
    `text,label\n${Array.from({ length: 12 }, (_, i) => `w${i % 2}x${i},${i % 2 ? "pos" : "neg"}`).join("\n")}\n`,
  );
  // So small a rate changes no answer: the first epoch is the best.
  const options = optionsOf({ dev, patience: 2, learningRate: 1e-9, epochs: 9, batch: 20 });
  const roles = { text: "text", label: "label" };
  const labelled: Dataset = { ...dataset, roles };

  it("ends after so many epochs without a better accuracy on the dev set, and the run says so", async () => {
    const lines: string[] = [];
    const out = join(scratch, "early");
    const { manifest, outcome } = await train(labelled, {
      trainer: encoder,
      options,
      out,
      protocol: "epoch-end",
      threads: 1,
      effects: { ...quiet, log: (line) => lines.push(line) },
    });
    expect(outcome).toBe("finished");
    expect(manifest.epochs).toEqual({ planned: 3, finished: 3 });
    expect(lines.filter((line) => line.startsWith("stopped early"))).toEqual([
      expect.stringMatching(/^stopped early: no better than \d+\.\d % on the dev set for 2 epochs$/),
    ]);
    expect(Object.keys(contents(out))).toContain("model/model.safetensors");
  });

  it("stops where an undisturbed training does, whenever it is interrupted", async () => {
    const whole = join(scratch, "early");
    for (const during of [0, 1, 2]) {
      const controller = new AbortController();
      const update = (done: number): void => {
        if (done > during * dataset.size) controller.abort("SIGINT");
      };
      const out = join(scratch, `early-${during}`);
      const first = await train(labelled, {
        trainer: encoder,
        options,
        out,
        protocol: "epoch-end",
        threads: 1,
        signal: controller.signal,
        effects: { ...quiet, progress: () => ({ update, end: () => undefined }) },
      });
      expect(first.manifest.epochs).toEqual({ planned: 9, finished: during });
      const readers = { examples: async () => labelled, test: () => Promise.reject(new Error("no test")) };
      const second = await resumeWith(readers, out, { trainer: encoder });
      expect(second.manifest.epochs).toEqual({ planned: 3, finished: 3 });
      expect(contents(out)).toEqual(contents(whole));
    }
  });

  it("stops at once where it was killed between the last epoch and the end", async () => {
    const state = join(scratch, "early-state");
    const first = await start(labelled, options);
    for await (const epoch of first.epochs()) {
      for await (const _ of epoch.observations);
      if (epoch.epoch === 2) await epoch.save(state);
    }
    await first.close();
    const rest = await trained(labelled, options, { resume: { epochs: 3, folder: state } });
    expect(rest.logits).toEqual([]);
  });

  it("can have no epochs more, whatever the schedule, and keeps no state for them", async () => {
    const out = join(scratch, "early-constant");
    const asked = { ...options, schedule: "constant" as const };
    const { manifest } = await train(labelled, {
      trainer: encoder,
      options: asked,
      out,
      protocol: "epoch-end",
      threads: 1,
    });
    expect(manifest.epochs).toEqual({ planned: 3, finished: 3 });
    expect(Object.keys(contents(out)).filter((name) => name.startsWith("state"))).toEqual([]);
    const readers = { examples: async () => labelled, test: () => Promise.reject(new Error("no test")) };
    expect(await problemOfAsync(() => resumeWith(readers, out, { trainer: encoder, epochs: 12 }))).toBe(
      `${out}: ended before its planned epochs, and no epoch can follow; train anew with --overwrite`,
    );
  });

  it("scores each epoch once, the last one too, which is that of the saved model", async () => {
    const test = sentences(30, 4);
    const out = join(scratch, "early-tests");
    const { manifest } = await train(labelled, {
      ...{ trainer: encoder, options: { ...options, learningRate: 0.01, patience: 1 }, out, threads: 1 },
      ...{ protocol: "epoch-end", tests: { id: { dataset: test } }, testEveryEpoch: true },
    });
    const { finished } = manifest.epochs;
    expect(finished).toBeLessThan(9);
    const { epochs } = JSON.parse(readFileSync(join(out, "tests/id.json"), "utf8")) as TestScores;
    expect(epochs!.map(({ epoch }) => epoch)).toEqual(Array.from({ length: finished }, (_, epoch) => epoch));
    const model = await encoder.load(join(out, "model"), 1);
    const labels = matchLabels(labelled.labelNames, "id", test, {});
    const found = predictLabels(await collect(model.predict(test), test), labels);
    await model.close();
    expect(scorePredictions(found, labels).loss).toBeCloseTo(epochs!.at(-1)!.loss, 5);
  });

  it("needs both a dev set and patience", () => {
    const use = { tests: [], observesOthers: false };
    expect(() => encoder.check?.(optionsOf({ patience: 2 }), use)).toThrow(
      "--patience: needs a dev set to look at, 2; give --dev FILE",
    );
    expect(() => encoder.check?.(optionsOf({ dev }), use)).toThrow("--dev: is read for early stopping only");
  });
});
