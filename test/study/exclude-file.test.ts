import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readStudyFile } from "../../src/study/spec/spec-file.js";
import { scratchFolder, writeStudy } from "./support.js";

it("leaves out ids of a file, beside the study's, and ids that are written down", async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "suspects.csv"), "id,why\n7,wrong\n3,odd\n");
  writeFileSync(join(folder, "more.txt"), "12\n7\n");
  const arms = `  - { by: random, fraction: 0.5, excludeFile: [suspects.csv, more.txt], exclude: [100] }
  - { by: random, fraction: 0.2, exclude: [5] }`;
  const { arms: read } = await readStudyFile(writeStudy(folder, arms));
  expect(read.map(({ recipe }) => recipe?.exclude)).toEqual([["100", "12", "3", "7"], ["5"]]);
  expect(read[0]?.recipe).not.toHaveProperty("excludeFile");
});

it("an id that is a file's name is told to be one, where that file is there", async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "suspects.csv"), "id\n7\n");
  const arms = (exclude: string): string => `  - { by: random, fraction: 0.5, exclude: ${exclude} }`;
  await expect(readStudyFile(writeStudy(folder, arms("suspects.csv")))).rejects.toThrow(
    /study\.yaml, line 8: exclude takes ids, and this is a file, "suspects.csv"; write excludeFile: suspects.csv/,
  );
  const { arms: read } = await readStudyFile(writeStudy(folder, arms("[other.csv, 7]")));
  expect(read[0]?.recipe?.exclude).toEqual(["other.csv", "7"]);
});

it.each([
  ["none.csv", /study\.yaml, line 8: .*none\.csv: /],
  ["empty.txt", /study\.yaml, line 8: .*empty\.txt: holds no ids/],
  ["train2.csv", /study\.yaml, line 8: .*train2\.csv: has no column id/],
])("a file of ids that cannot be one is told with its line: %s", async (file, message) => {
  const folder = scratchFolder();
  writeFileSync(join(folder, "empty.txt"), "\n");
  writeFileSync(join(folder, "train2.csv"), "text,label\na,b\n");
  const path = writeStudy(folder, `  - { by: random, fraction: 0.5, excludeFile: ${file} }`);
  await expect(readStudyFile(path)).rejects.toThrow(message);
});
