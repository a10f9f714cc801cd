import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRun } from "../../src/run/reader.js";
import { features } from "../../src/train/features/trainer.js";
import { train } from "../../src/train/train.js";
import { featuresDataset } from "./datasets.js";
import { contents, scratchFolder } from "./scratch.js";

const folder = scratchFolder("train");

describe("train", () => {
  it("makes a whole run", async () => {
    const dataset = featuresDataset();
    const out = join(folder, "whole");
    const { manifest, outcome } = await train(dataset, {
      out,
      trainer: features,
      tests: { id: { dataset: featuresDataset({ seed: 2, size: 100 }) } },
    });
    expect(outcome).toBe("finished");
    expect(manifest.epochs).toEqual({ planned: 6, finished: 6 });
    const run = await openRun(out);
    expect(await run.verify()).toEqual([]);
    expect(await run.tests()).toEqual(["id"]);
    console.log(await run.test("id"), manifest, Object.keys(contents(out)));
  });
});
