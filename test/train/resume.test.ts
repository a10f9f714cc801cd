import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { UserError } from "../../src/core/errors.js";
import type { Dataset } from "../../src/dataset/dataset.js";
import { subset } from "../../src/dataset/subset.js";
import { readManifest } from "../../src/run/manifest-file.js";
import { features } from "../../src/train/features/trainer.js";
import { resumeWith, type ResumeTrainingOptions } from "../../src/train/resume-with.js";
import { train } from "../../src/train/train.js";
import type { TrainOptions } from "../../src/train/train-options.js";
import type { Trainer } from "../../src/train/trainer.js";
import { featuresDataset } from "./datasets.js";
import { problemOfAsync } from "./problem.js";
import { contents, scratchFolder } from "./scratch.js";
import { spy } from "./spy-trainer.js";

const folder = scratchFolder("resume");
const dataset = featuresDataset({ size: 150 });
const test = featuresDataset({ size: 40, seed: 9 });

/** Stops the training in the middle of epoch `during`. */
function stopDuring(during: number): Pick<TrainOptions, "signal" | "effects"> {
  const controller = new AbortController();
  const update = (done: number): void => {
    if (done > during * dataset.size) controller.abort("SIGINT");
  };
  return {
    signal: controller.signal,
    effects: { ...quiet, progress: () => ({ update, end: () => undefined }) },
  };
}

function resume(run: string, of: Dataset, options: ResumeTrainingOptions) {
  const readers = { examples: () => Promise.resolve(of), test: () => Promise.reject(new Error("no test")) };
  return resumeWith(readers, run, { tests: { id: test }, ...options });
}

const cases: [string, Trainer, Partial<TrainOptions>][] = [
  ["features, epoch-end", features, {}],
  ["features, train-pass, every test epoch", features, { protocol: "train-pass", testEveryEpoch: true }],
  ["features, hidden, held-out", features, { protocol: "held-out", folds: 3, options: { hidden: 4 } }],
  ["spy, state", spy, { options: { epochs: 6 }, testEveryEpoch: true }],
  ["spy, state, held-out", spy, { options: { epochs: 6 }, protocol: "held-out", folds: 3 }],
];

const thatCannotGrow: [string, Trainer, Partial<TrainOptions>][] = [
  // 75 updates an epoch: the sixth stops in the middle.
  ["features, by steps", features, { options: { steps: 405 } }],
  ["spy, state, with a schedule", spy, { options: { epochs: 6, schedule: true } }],
];

describe("a stopped and resumed training", () => {
  it.each([...cases, ...thatCannotGrow])(
    "equals an undisturbed one, byte for byte: %s",
    async (name, trainer, options) => {
      const [whole, stopped] = [join(folder, `${name} whole`), join(folder, `${name} stopped`)];
      const asked = { trainer, tests: { id: { dataset: test } }, seed: 7, ...options };
      await train(dataset, { ...asked, out: whole });
      for (const during of [0, 3, 5]) {
        const first = await train(dataset, {
          ...asked,
          overwrite: true,
          out: stopped,
          ...stopDuring(during),
        });
        expect(first.outcome).toBe("stopped");
        expect(first.manifest.epochs).toEqual({ planned: 6, finished: during });
        const second = await resume(stopped, dataset, { trainer });
        expect(second.outcome).toBe("finished");
        expect(contents(stopped)).toEqual(contents(whole));
        const [a, b] = [await readManifest(whole), await readManifest(stopped)];
        expect({ ...b, times: null }).toEqual({ ...a, times: null });
      }
    },
  );

  it.each(cases)("grows to more epochs: %s", async (name, trainer, options) => {
    const [whole, grown] = [join(folder, `${name} six`), join(folder, `${name} grown`)];
    const asked = { trainer, tests: { id: { dataset: test } }, ...options };
    await train(dataset, { ...asked, out: whole });
    await train(dataset, { ...asked, options: { ...options.options, epochs: 4 }, out: grown });
    expect((await resume(grown, dataset, { trainer, epochs: 6 })).outcome).toBe("finished");
    expect(contents(grown)).toEqual(contents(whole));
    const [a, b] = [await readManifest(whole), await readManifest(grown)];
    expect({ ...b, times: null }).toEqual({ ...a, times: null });
  });
});

describe("what resuming needs", () => {
  const states = async (name: string, options: Record<string, unknown>, more: Partial<TrainOptions> = {}) => {
    const out = join(folder, name);
    const { manifest } = await train(dataset, { out, trainer: spy, options, ...more });
    const files = Object.keys(contents(out)).filter((path) => path.startsWith("state/"));
    expect(Object.keys(manifest.checksums).filter((path) => path.startsWith("state/"))).toEqual(files);
    return files;
  };

  it("stays while epochs may follow, and goes where none can", async () => {
    const both = ["state/epoch=2/counts.json", "state/epoch=3/counts.json"];
    expect(await states("states", { epochs: 4 })).toEqual(both);
    expect(await states("states-schedule", { epochs: 4, schedule: true })).toEqual([]);
    expect(await states("states-early", { epochs: 4, schedule: true, endsAfter: 2 })).toEqual([]);
  });

  it("stays in a run that was stopped, whatever its schedule", async () => {
    const kept = await states("states-stopped", { epochs: 6, schedule: true }, stopDuring(3));
    expect(kept).toEqual(["state/epoch=1/counts.json", "state/epoch=2/counts.json"]);
  });
});

describe("resuming", () => {
  const finished = join(folder, "finished");

  it("leaves a finished run as it is, and says so", async () => {
    await train(dataset, { out: finished, trainer: features, options: { epochs: 2 } });
    const before = contents(finished);
    const lines: string[] = [];
    const effects = { ...quiet, log: (line: string) => lines.push(line) };
    const { outcome } = await resume(finished, dataset, { effects });
    expect(outcome).toBe("already-finished");
    expect(lines).toEqual([`${finished}: all 2 epochs are finished, there is nothing to resume`]);
    expect(contents(finished)).toEqual(before);
  });

  it("refuses fewer epochs, half ones, and none", async () => {
    await train(dataset, { out: finished, overwrite: true, trainer: features, options: { epochs: 2 } });
    const problem = (epochs: number) => problemOfAsync(() => resume(finished, dataset, { epochs }));
    expect(await problem(1)).toContain("was planned for 2 epochs, they can only grow, 1");
    expect(await problem(2.5)).toContain("features option epochs: must be a whole number, 2.5");
    expect(await problem(0)).toContain("features option epochs: must be at least 1, 0");
  });

  it("refuses more epochs under a schedule that depends on their number", async () => {
    const out = join(folder, "schedule");
    await train(dataset, { out, trainer: spy, options: { epochs: 2, schedule: true } });
    expect(await problemOfAsync(() => resume(out, dataset, { trainer: spy, epochs: 3 }))).toContain(
      "--epochs: the run's schedule depends on its 2 epochs, which therefore cannot grow, 3",
    );
  });

  it("refuses a run that another version of the trainer began, and leaves it as it was", async () => {
    const out = join(folder, "version");
    await train(dataset, { out, trainer: features, ...stopDuring(2) });
    const before = contents(out);
    const newer = { ...features, version: 9 };
    expect(await problemOfAsync(() => resume(out, dataset, { trainer: newer, tests: {} }))).toBe(
      `${out}: was begun by version 1 of the features trainer, which version 9 cannot go on with; train anew with --overwrite, or resume it with the version of Alidade that began it`,
    );
    expect(contents(out)).toEqual(before);
    expect((await resume(out, dataset, { tests: {} })).outcome).toBe("finished");
    // What is finished needs no trainer.
    expect((await resume(out, dataset, { trainer: newer })).outcome).toBe("already-finished");
  });

  it("goes on with a run that does not say which version began it, with a warning", async () => {
    const out = join(folder, "no-version");
    await train(dataset, { out, trainer: features, ...stopDuring(2) });
    const manifest = await readManifest(out);
    const { version: _, ...trainer } = manifest.trainer!;
    writeFileSync(join(out, "run.json"), JSON.stringify({ ...manifest, trainer }));
    const warnings: string[] = [];
    const effects = { ...quiet, warn: (line: string) => warnings.push(line) };
    expect((await resume(out, dataset, { tests: {}, effects })).outcome).toBe("finished");
    expect(warnings).toEqual([
      `${out}: the run does not say which version of the features trainer began it; it goes on with version 1`,
    ]);
  });

  it("plans no more epochs where they cannot be trained", async () => {
    const out = join(folder, "no-start");
    await train(dataset, { out, trainer: spy, options: { epochs: 2 } });
    const before = await readManifest(out);
    const broken = {
      ...spy,
      start: () => Promise.reject(new UserError({ subject: "model", problem: "is gone" })),
    };
    expect(await problemOfAsync(() => resume(out, dataset, { trainer: broken, epochs: 5, tests: {} }))).toBe(
      "model: is gone",
    );
    expect(await readManifest(out)).toEqual(before);
  });

  it("refuses a state that is damaged", async () => {
    const out = join(folder, "damaged-state");
    await train(dataset, { out, trainer: spy, options: { epochs: 2 } });
    writeFileSync(join(out, "state/epoch=1/counts.json"), "[]");
    expect(await problemOfAsync(() => resume(out, dataset, { trainer: spy, epochs: 5, tests: {} }))).toBe(
      `${join(out, "state/epoch=1/counts.json")}: damaged since it was written, and the training cannot go on from it; restore it from a copy, or train anew with --overwrite`,
    );
  });

  it.each([{ protocol: "held-out", folds: 3 }, {}] as const)(
    "where a model ends early, others go no further, and each epoch is scored once: %j",
    async (how) => {
      const [early, planned] = [join(folder, "early-end"), join(folder, "planned-end")];
      const tests = {
        id: {
          dataset: subset(
            dataset,
            Int32Array.from({ length: 40 }, (_, row) => 3 * row),
          ),
        },
      };
      const asked = { trainer: spy, tests, testEveryEpoch: true, overwrite: true, ...how };
      const options = {
        epochs: 6,
        endsAfter: 2,
        endsOnlyWithout: "protocol" in how ? dataset.ids[0] : "nobody",
      };
      const { manifest } = await train(dataset, { ...asked, options, out: early });
      expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
      await train(dataset, { ...asked, options: { epochs: 2, schedule: true }, out: planned });
      expect(contents(early)).toEqual(contents(planned));
    },
  );

  it("refuses more epochs of a run that has ended early and has said so", async () => {
    const out = join(folder, "ended");
    const options = { epochs: 6, endsAfter: 2, endsOnlyWithout: "nobody" };
    const { manifest } = await train(dataset, { out, trainer: spy, options });
    expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
    expect(await problemOfAsync(() => resume(out, dataset, { trainer: spy, epochs: 5, tests: {} }))).toBe(
      `${out}: ended before its planned epochs, and no epoch can follow; train anew with --overwrite`,
    );
    expect(await readManifest(out)).toEqual(manifest);
  });

  it("keeps the predictions of every epoch where it was killed between replacing and naming them", async () => {
    const [whole, killed] = [join(folder, "tests-whole"), join(folder, "tests-killed")];
    const asked = {
      trainer: spy,
      tests: { id: { dataset: test } },
      options: { epochs: 4 },
      testEveryEpoch: true,
    };
    await train(dataset, { ...asked, out: whole });
    for (const replaced of [false, true]) {
      await train(dataset, { ...asked, out: killed, overwrite: true, ...stopDuring(2) });
      const { checksums, ...manifest } = await readManifest(killed);
      const { "tests/id.parquet": _, ...named } = checksums;
      writeFileSync(join(killed, "run.json"), JSON.stringify({ ...manifest, checksums: named }));
      // What it was replaced by holds the epoch in flight as well, and more.
      if (replaced) cpSync(join(whole, "tests/id.parquet"), join(killed, "tests/id.parquet"));
      expect((await resume(killed, dataset, { trainer: spy })).outcome).toBe("finished");
      expect(contents(killed)).toEqual(contents(whole));
    }
  });

  it("wants a test set back that came from no file", async () => {
    const out = join(folder, "no-file");
    await train(dataset, { out, trainer: features, tests: { id: { dataset: test } }, ...stopDuring(1) });
    expect(await problemOfAsync(() => resume(out, dataset, { tests: {} }))).toBe(
      "test set id: came from no file, so it cannot be read again; hand it to resumeTraining in `tests`",
    );
  });

  it("says what is wrong with a folder that is no run, or of an unknown trainer", async () => {
    expect(await problemOfAsync(() => resume(join(folder, "nothing"), dataset, {}))).toContain(
      "no such folder",
    );
    const out = join(folder, "unknown");
    await train(dataset, { out, trainer: { ...spy, name: "featurs" } });
    cpSync(out, `${out}-copy`, { recursive: true });
    expect(await problemOfAsync(() => resume(`${out}-copy`, dataset, {}))).toContain(
      '--trainer: no such trainer, "featurs"; did you mean features?',
    );
  });

  it("keeps a run whose training ended early at what it reached", async () => {
    const out = join(folder, "early");
    const { manifest } = await train(dataset, { out, trainer: spy, options: { epochs: 6, endsAfter: 2 } });
    expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
    expect((await resume(out, dataset, { trainer: spy })).outcome).toBe("already-finished");
  });
});
