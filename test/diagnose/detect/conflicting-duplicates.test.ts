/** conflicting-duplicates by hand: who is compared with whom, what speaks for and against, in multiple choice too. */

import { expect, it } from "vitest";
import type { Input } from "../../../src/dataset/dataset.js";
import { findDetector } from "../../../src/diagnose/detect/registry.js";
import { runDetector } from "../../../src/diagnose/detect/run-detector.js";
import { datasetOf } from "../../train/datasets.js";
import { madeEvidence } from "./made-evidence.js";

async function detect(input: Input, gold: number[], labels: string[], options = {}) {
  const dataset = datasetOf(input, gold, { labels });
  const { ids, size, labelNames } = dataset;
  const { evidence } = madeEvidence();
  const own = {
    ...evidence,
    ids,
    size,
    labelNames,
    gold: dataset.gold,
    dataset: () => Promise.resolve(dataset),
  };
  return await runDetector(findDetector("conflicting-duplicates"), own, { options });
}

it("exact and near duplicates vote, each with its label; what stands alone has no score", async () => {
  const lighthouse = "a rather long sentence about a lighthouse on the coast";
  const text = [
    lighthouse,
    `A rather  long sentence about a lighthouse on the coast`,
    `${lighthouse}s`,
    lighthouse,
    "alone",
  ];
  const { scores, suggested, flagged, why } = await detect(
    { kind: "text", text },
    [0, 1, 1, 1, 0],
    ["no", "yes"],
  );
  expect([...scores]).toEqual([3 / 4, -1 / 4, -1 / 4, -1 / 4, NaN]);
  expect([...suggested]).toEqual([1, -1, -1, -1, -1]);
  expect([...flagged!]).toEqual([1, 0, 0, 0, 0]);
  expect([why(0), why(1), why(4)]).toEqual([
    "3 of 3 near duplicates have another label",
    "1 of 3 near duplicates have another label",
    "no near duplicate",
  ]);
});

it("a bar that nothing meets leaves exact duplicates", async () => {
  const text = [
    "the same words again and again",
    "the same words again and then",
    "The same words again and again",
  ];
  const { scores } = await detect({ kind: "text", text }, [0, 1, 1], ["no", "yes"], { similarity: 1 });
  expect([...scores]).toEqual([1 / 2, NaN, 1 / 2]);
});

it("in multiple choice the choice's text is what agrees, wherever it stands", async () => {
  const input: Input = {
    kind: "choices",
    text: Array.from({ length: 3 }, () => "The trophy did not fit because _ was too big"),
    choices: [
      ["trophy", "case"],
      ["case", "trophy"],
      ["trophy", "case"],
    ],
  };
  const { scores, suggested } = await detect(input, [0, 1, 1], ["1", "2"]);
  expect([...scores]).toEqual([0, 0, 2 / 3]);
  expect([...suggested]).toEqual([-1, -1, 0]);
});
