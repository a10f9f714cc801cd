/** An import over a run that stands, and one of multiple choice. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../../src/dataset/read-dataset.js";
import { importRun } from "../../../src/run/import/import-run.js";
import { layout } from "../../../src/run/layout.js";
import { openRun } from "../../../src/run/reader.js";
import { epochOf, line, scratch, smallEpochs, writeDynamics } from "./support.js";

/** Every file of a run with its bytes. */
function content(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, readFileSync(path, "latin1")];
    }),
  );
}

describe("import --overwrite", () => {
  it("loses nothing where the new source is wrong, wherever it is", async () => {
    const folder = scratch();
    const out = join(folder, "run");
    await importRun([writeDynamics(join(folder, "good"), smallEpochs())], { out });
    const before = content(out);
    const [first = [], second = []] = smallEpochs();
    const wrong: [string, Parameters<typeof writeDynamics>[1], RegExp][] = [
      ["lacks", [first, second.slice(1)], /lacks/],
      [
        "nan",
        [first, [...second.slice(1), '{"guid": "c", "logits_epoch_1": [NaN, 1], "gold": 0}']],
        /not finite/,
      ],
      ["cut", [first, ['{"guid": "a", "logits_ep']], /cut off/],
      ["empty", [first, []], /is empty/],
    ];
    for (const [name, epochs, message] of wrong) {
      const source = writeDynamics(join(folder, name), epochs, { last: name !== "cut" });
      await expect(importRun([source], { out, overwrite: true })).rejects.toThrow(message);
      expect(content(out)).toEqual(before);
      expect(readdirSync(out).sort()).toEqual(["dynamics", "examples.parquet", "run.json"]);
    }
    await expect(importRun([join(folder, "nowhere")], { out, overwrite: true })).rejects.toThrow(/no such/);
    expect(content(out)).toEqual(before);
  });

  it("puts the new run in the old one's place, as if it had been made there", async () => {
    const folder = scratch();
    const [out, fresh] = [join(folder, "run"), join(folder, "fresh")];
    await importRun([writeDynamics(join(folder, "old"), smallEpochs())], { out });
    writeFileSync(join(out, "notes.txt"), "mine");
    writeFileSync(layout.map(out), "of the old run");
    const source = writeDynamics(join(folder, "new"), [[line("x", 0, [1, 2], 1), line("y", 0, [2, 0], 0)]]);
    const { manifest, folder: where } = await importRun([source], { out, overwrite: true });
    await importRun([source], { out: fresh });
    expect([where, manifest.dataset.size, (await openRun(out)).epochs]).toEqual([out, 2, 1]);
    expect(await (await openRun(out)).verify()).toEqual([]);
    expect(readdirSync(out).sort()).toEqual(["dynamics", "examples.parquet", "notes.txt", "run.json"]);
    expect(await epochOf(out, 0)).toEqual(await epochOf(fresh, 0));
    for (const path of Object.keys(manifest.checksums))
      expect(readFileSync(join(out, path))).toEqual(readFileSync(join(fresh, path)));
  });

  it("does not touch verdicts, nor a folder that is no run", async () => {
    const folder = scratch();
    const out = join(folder, "run");
    const source = writeDynamics(join(folder, "good"), smallEpochs());
    await importRun([source], { out });
    await expect(importRun([source], { out })).rejects.toThrow(/holds a run already/);
    writeFileSync(layout.verdicts(out), '{"id":"a"}\n');
    const before = content(out);
    await expect(importRun([source], { out, overwrite: true })).rejects.toThrow(/holds verdicts of a review/);
    expect(content(out)).toEqual(before);
    rmSync(layout.manifest(out));
    await expect(importRun([source], { out, overwrite: true })).rejects.toThrow(/is not a run/);
  });
});

describe("multiple choice", () => {
  const examples = [
    { id: "a", sentence: "the _ ran", choices: ["cat", "dog"], answer: "dog" },
    { id: "b", sentence: "a _ fell", choices: ["cup", "pot", "jar"], answer: "cup" },
    { id: "c", sentence: "one _", choices: ["x", "y", "z", "w"], answer: "w" },
  ];
  const roles = { text: "sentence", choices: ["choices"], label: "answer", id: "id" };
  const lines = [line("c", 0, [0, 1, 2, 3], 3), line("a", 0, [2, 1], 1), line("b", 0, [1, 0, 0], 0)];

  async function data(folder: string): ReturnType<typeof readDataset> {
    const path = join(folder, "data.jsonl");
    writeFileSync(path, examples.map((example) => JSON.stringify(example)).join("\n"));
    return await readDataset(path, roles);
  }

  it("imports differing numbers of choices", async () => {
    const folder = scratch();
    const dataset = await data(folder);
    const out = join(folder, "run");
    const { manifest } = await importRun([writeDynamics(join(folder, "d"), [lines])], { out, data: dataset });
    dataset.close();
    expect(manifest.dataset.input).toBe("choices");
    const rows = await epochOf(out, 0);
    expect(rows.map((row) => row["logits"])).toEqual([
      [2, 1],
      [1, 0, 0],
      [0, 1, 2, 3],
    ]);
    expect(rows.map((row) => row["margin"])).toEqual([-1, 1, 1]);
    expect(rows[0]?.["gold_probability"]).toBeCloseTo(1 / (1 + Math.E), 6);
    expect(rows[1]?.["gold_probability"]).toBeCloseTo(Math.E / (Math.E + 2), 6);
  });

  it("holds the logits to the choices", async () => {
    const folder = scratch();
    const dataset = await data(folder);
    const attempt = (name: string, changed: typeof lines): Promise<unknown> =>
      importRun([writeDynamics(join(folder, name), [changed])], { out: join(folder, "run"), data: dataset });
    await expect(attempt("few", [...lines.slice(0, 2), line("b", 0, [1, 0], 0)])).rejects.toThrow(
      /example "b" has 2 logits, but 3 choices in data\.jsonl; log one logit a choice/,
    );
    await expect(attempt("many", [...lines.slice(0, 2), line("b", 0, [1, 0, 3, 4, 5], 0)])).rejects.toThrow(
      /line 3: 5 logits, where no example has more than 4 choices/,
    );
    await expect(attempt("gold", [...lines.slice(0, 2), line("b", 0, [1, 0, 3], 3)])).rejects.toThrow(
      /line 3: the gold label is outside the 3 logits/,
    );
    await expect(attempt("one", [...lines.slice(0, 2), line("b", 0, [1], 0)])).rejects.toThrow(
      /line 3: at least two logits are needed/,
    );
    dataset.close();
    await expect(
      importRun([writeDynamics(join(folder, "without"), [lines])], { out: join(folder, "run") }),
    ).rejects.toThrow(
      /2 logits, where all lines before have 4, .*; log all labels' logits; of multiple choice, give/,
    );
  });
});
