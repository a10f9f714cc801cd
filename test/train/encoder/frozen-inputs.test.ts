/** States of frozen layers: what is kept is what each batch would compute. */

import { describe, expect, it } from "vitest";
import { compile } from "../../../src/autograd/compile.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { headPlan } from "../../../src/train/encoder/checkpoint/head.js";
import { computeStates, FrozenInputs } from "../../../src/train/encoder/frozen-inputs.js";
import { choiceCounts, TokenInputs } from "../../../src/train/encoder/inputs.js";
import { lowerModel } from "../../../src/train/encoder/model/encoder-model.js";
import { frozenBy } from "../../../src/train/encoder/model/freeze.js";
import { tokenizeDataset } from "../../../src/train/encoder/tokens/tokenize-dataset.js";
import { ortRuntime } from "../../../src/train/ort-runtime.js";
import { datasetOf } from "../datasets.js";
import { checkpointFolder } from "./fixtures.js";

const text = [
  "a man waits",
  "dogs",
  "an old boy runs in the red snow near the lake",
  "",
  "the chef reads",
  "music",
];
const gold = [0, 1, 1, 0, 1, 0];
const labels = ["no", "yes"];
const datasets: Record<string, Dataset> = {
  texts: datasetOf({ kind: "text", text }, gold, { labels }),
  pairs: datasetOf({ kind: "pair", text, pair: [...text].reverse() }, gold, { labels }),
  choices: datasetOf(
    {
      kind: "choices",
      text,
      choices: text.map((_, row) => ["dogs", "the old chef", "snow"].slice(0, 2 + (row % 2))),
    },
    gold,
    {
      labels: ["1", "2", "3"],
    },
  ),
};

async function frozenPart(dataset: Dataset, depth: number) {
  const task = dataset.input.kind === "choices" ? "choice" : "classification";
  const folder = checkpointFolder("bert");
  const { config, parameters } = await loadCheckpoint(folder, task);
  const choices = task === "choice" ? 3 : 1;
  const plan = {
    config,
    head: headPlan(config, task),
    choices,
    labelSmoothing: 0,
    frozen: frozenBy(`layers:${depth}`, config.layers),
    denseEmbeddings: false,
  };
  const model = compile(lowerModel(plan, parameters, depth), await ortRuntime({ threads: 1 }));
  const tokens = new TokenInputs(
    await tokenizeDataset(dataset, { folder, config, threads: 1 }),
    choiceCounts(dataset),
    config,
    choices,
  );
  return { tokens, part: { model, width: config.width, first: depth === config.layers } };
}

describe.each(Object.keys(datasets))("of %s", (name) => {
  const dataset = datasets[name]!;
  it.each([1, 2])("kept are those that each batch would compute, %d of two layers frozen", async (depth) => {
    const { tokens, part } = await frozenPart(dataset, depth);
    const kept = new FrozenInputs(tokens, part, await computeStates(tokens, part, { batch: 4 }));
    const live = new FrozenInputs(tokens, part, null);
    const longest = Math.max(...tokens.lengths);
    for (const [rows, length] of [
      [[3, 1, 2], longest],
      [[0], tokens.lengths[0]!],
      [[5, 4, 4, 0], longest + 3],
    ] as const) {
      const made = [kept, live].map((one) => one.make(Int32Array.from(rows), length, dataset.gold));
      const [ofKept, ofLive] = (await Promise.all(made)) as [
        Awaited<(typeof made)[0]>,
        Awaited<(typeof made)[0]>,
      ];
      expect(ofKept.sizes).toEqual({ batch: rows.length });
      const { states: x, ...others } = ofKept.arrays as Record<string, Float32Array>;
      const { states: y, ...same } = ofLive.arrays as Record<string, Float32Array>;
      expect(others).toEqual(same);
      expect(x!.length).toBe(y!.length);
      x!.forEach((value, at) => {
        // Nothing is kept of padding, and nobody looks there.
        const stands = part.first || others["mask"]![Math.floor(at / part.width)] === 1;
        // Padded to another length, the runtime adds in another order.
        if (stands) expect(Math.abs(value - y![at]!)).toBeLessThan(1e-5);
        else expect(value).toBe(0);
      });
    }
    await part.model.close();
  });
});
