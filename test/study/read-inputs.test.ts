/** How a study's test sets are read: what they take over from the training data, and what not. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { describeInputs, openInputs } from "../../src/study/plan/read-inputs.js";
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

it("near duplicates of a test set are its clusters where they are asked for, and groups of the training set are told from a column's", async () => {
  const folder = scratchFolder();
  const rows = [
    "how far is the moon from here,n",
    "How far is the moon from here?,n",
    "which city is that,c",
  ];
  for (const name of ["train.csv", "test.csv"])
    writeFileSync(join(folder, name), `question,label\n${rows.join("\n")}\n`);
  const tests = [{ name: "id", kind: "id" as const, files: [join(folder, "test.csv")], cluster: "auto" }];
  const spec = (group?: string) => ({ data: { files: [join(folder, "train.csv")], read: { group } }, tests });
  const opened = await openInputs(spec("auto"), () => findTrainer("ngram"), quiet);
  expect(opened.tests.get("id")?.cluster).toEqual(["0", "0", null]);
  expect(opened.dataset.groups).toEqual(["0", "0", null]);
  const { reading } = describeInputs(spec("auto"), opened).data;
  expect(reading).toMatchObject({ group: "auto", groups: 1 });
  opened.close();
});
