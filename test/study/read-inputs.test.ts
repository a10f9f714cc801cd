/** How a study's test sets are read: what they take over from the training data, and what not. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { openInputs } from "../../src/study/read-inputs.js";
import { findTrainer } from "../../src/train/registry.js";
import { scratchFolder } from "./support.js";

it("a test set of the training distribution has its preset, one of another distribution has not", async () => {
  const folder = scratchFolder();
  const trec = ["NUM:dist How far is it ?", "LOC:city What city is it in ?", "NUM:date When was it ?"];
  writeFileSync(join(folder, "train.txt"), `${trec.join("\n")}\n`);
  writeFileSync(join(folder, "test.txt"), `${trec.slice(1).join("\n")}\n`);
  writeFileSync(join(folder, "other.csv"), "question,coarse\nWhat town ?,LOC\nHow many ?,NUM\n");
  const spec = {
    data: { files: [join(folder, "train.txt")], read: { preset: "trec" as const } },
    tests: [
      { name: "id", kind: "id" as const, files: [join(folder, "test.txt")] },
      { name: "other", kind: "ood" as const, files: [join(folder, "other.csv")] },
    ],
  };
  const opened = await openInputs(spec, () => findTrainer("ngram"), quiet);
  expect([...opened.tests.values()].map(({ dataset }) => dataset.size)).toEqual([2, 2]);
  expect(opened.tests.get("id")?.dataset.labelNames).toEqual(["LOC", "NUM"]);
  opened.close();
});
