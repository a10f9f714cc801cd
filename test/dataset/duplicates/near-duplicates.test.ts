/** Near duplicates against all pairs compared plainly; laws: symmetry, no trace of the order of the rows, groups that folds keep whole. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import type { Dataset, Input } from "../../../src/dataset/dataset.js";
import { findNearDuplicates } from "../../../src/dataset/duplicates/find-near-duplicates.js";
import {
  duplicateGroups,
  groupDuplicates,
  groupNames,
  joinContents,
} from "../../../src/dataset/duplicates/group-duplicates.js";
import { planBands } from "../../../src/dataset/duplicates/min-hash.js";
import type { NearDuplicateOptions } from "../../../src/dataset/duplicates/options.js";
import { readDataset } from "../../../src/dataset/read-dataset.js";
import { wholeUnits } from "../../../src/dataset/whole-units.js";
import { injectNoise } from "../../../src/diagnose/noise/inject.js";
import { assignFolds } from "../../../src/train/fold.js";
import { datasetOf } from "../../train/datasets.js";
import { published, titled } from "../../util/requires.js";
import { partition, plainGroups, sameWords, similarityOf, standsInside, tidy } from "./oracle.js";

const made = (text: readonly string[], ids = text.map((_, row) => `id-${row}`)): Dataset => ({
  ...datasetOf(
    { kind: "text", text },
    text.map((_, row) => row % 2),
  ),
  ids,
});

/** Texts of few words, many of them alike or part of one another; some with other case, blanks and marks. */
function manyTexts(size: number, seed: number): string[] {
  const random = new Random(seed);
  const word = (): string =>
    ["the", "film", "is", "a", "very", "good", "one", "of", "them", "thing", "plot"][random.below(11)]!;
  const texts: string[] = [];
  for (let i = 0; i < size; i++) {
    const earlier = texts[random.below(Math.max(1, i))]?.split(" ") ?? [];
    const kind = random.below(6);
    if (i < 3 || kind === 0) texts.push(Array.from({ length: 1 + random.below(14) }, word).join(" "));
    else if (kind === 1) texts.push(earlier.map((one, at) => (at === 1 ? word() : one)).join(" "));
    else if (kind === 2) texts.push(earlier.slice(random.below(earlier.length)).join(" "));
    else if (kind === 3) texts.push([...earlier, word()].join(" "));
    else if (kind === 4) texts.push(`${earlier.join("  ").toUpperCase()} `);
    else texts.push(`${earlier.join(" ")} !`);
  }
  return texts;
}

/** Near pairs by their texts, so that the numbers of the contents play no part. */
async function pairsOf(dataset: Dataset, options: NearDuplicateOptions = {}): Promise<Map<string, number>> {
  const { near, contents } = await findNearDuplicates(dataset, options);
  const text = (content: number): string => contents.sides[content]!.join(" | ");
  return new Map(Array.from(near.a, (a, k) => [`${text(a)} / ${text(near.b[k]!)}`, near.similarity[k]!]));
}

describe("near pairs", () => {
  it.each([0.5, 0.8, 0.95, 1])("are those of all pairs compared, at %d", async (similarity) => {
    for (const seed of [1, 2, 3]) {
      const texts = [...new Set(manyTexts(120, seed).map(tidy))].sort();
      const expected = new Map<string, number>();
      texts.forEach((a, i) => {
        for (const b of texts.slice(i + 1)) {
          const own = similarityOf(a, b);
          if (own >= similarity || sameWords(a, b)) expected.set(`${a} / ${b}`, own);
        }
      });
      const found = await pairsOf(made(texts), { similarity });
      expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
      expect(found.size).toBeGreaterThan(similarity < 0.9 ? 20 : 2);
    }
  });

  it("do not depend on the order of the rows, nor do the groups", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.nat(1000), async (seed, shuffle) => {
        const texts = manyTexts(40, seed);
        const order = new Random(shuffle).permutation(texts.length);
        const other = made(
          Array.from(order, (row) => texts[row]!),
          Array.from(order, (row) => `id-${row}`),
        );
        expect(new Map([...(await pairsOf(other))].sort())).toEqual(
          new Map([...(await pairsOf(made(texts)))].sort()),
        );
        const groups = await duplicateGroups(made(texts));
        expect(await duplicateGroups(other)).toEqual(Array.from(order, (row) => groups[row]));
      }),
      { numRuns: 25 },
    );
  });

  it("of a pair of texts: the less similar side counts; of choices their order does not", async () => {
    const long = "a rather long sentence about a lighthouse on the coast";
    const pair: Input = {
      kind: "pair",
      text: [long, `${long}s`, long],
      pair: ["yes it is", "yes it is", "no, not at all"],
    };
    expect((await pairsOf(datasetOf(pair, [0, 1, 0]))).size).toBe(1);
    const choices: Input = {
      kind: "choices",
      text: [`${long} _`, `${long}s _`, `${long}s _`],
      choices: [
        ["Ann", "Bob"],
        ["bob", "ann"],
        ["Ann", "Eve"],
      ],
    };
    const found = await pairsOf(datasetOf(choices, [0, 1, 0]));
    expect([...found.keys()]).toEqual([expect.stringMatching(/ann .* bob.*ann .* bob/)]);
  });

  it("of shingles of words: moved punctuation changes nothing, another order does", async () => {
    const texts = [
      "one two three four five six",
      "One, two three: four five six!",
      "six five four three two one",
    ];
    const found = await pairsOf(made(texts), { shingles: { of: "words", size: 2 } });
    expect([...found]).toEqual([["one two three four five six / one, two three: four five six!", 1]]);
  });

  it("one template filled in 3,000 ways is one group, though not each pair is compared", async () => {
    const texts = Array.from(
      { length: 3000 },
      (_, i) => `your order number ${i} has been sent to the address that you gave us last week`,
    );
    const { near } = await findNearDuplicates(made(texts));
    expect(near.crowded).toBeGreaterThan(2900);
    expect(near.a.length).toBeLessThan(3000 * 200);
    expect(new Set(await duplicateGroups(made(texts))).size).toBe(1);
  });

  it("what is planned finds pairs of exactly the bar with the probability that is promised", () => {
    for (const similarity of [0.5, 0.6, 0.7, 0.8, 0.9, 1]) {
      const { bands, rows } = planBands(similarity);
      expect(1 - (1 - Math.min(similarity, 1 - 1e-9) ** rows) ** bands).toBeGreaterThan(0.9994);
    }
  });

  it("nothing, one word, an emoji, scripts without spaces", async () => {
    const texts = ["", " ", "!!!", "yes", "Yes", "👍", "👍👍", "今天天气很好", "我说今天天气很好啊", "天气"];
    // Blank texts are one text; the thumb stands in two; four characters and more tie, two join the shortest around them.
    expect(partition(await duplicateGroups(made(texts)))).toEqual([0, 0, -1, 3, 3, 5, 5, 7, 7, 7]);
  });

  it.each<[string, NearDuplicateOptions, RegExp]>([
    ["similarity", { similarity: 0.2 }, /similarity: out of range, 0.2; give a number from 0.5 to 1/],
    ["no number", { similarity: NaN }, /similarity: out of range/],
    ["shingles", { shingles: { of: "words", size: 0 } }, /shingle size: out of range, 0/],
    ["words", { words: 1.5 }, /words: out of range, 1.5/],
  ])("refuses a wrong %s", async (_, options, message) => {
    await expect(findNearDuplicates(made(["a", "b"]), options)).rejects.toThrow(message);
  });

  it("refuses features, and texts beside pairs", async () => {
    const features = datasetOf({ kind: "features", columns: [] }, [0, 1]);
    await expect(duplicateGroups(features)).rejects.toThrow(/made: near duplicates are found among texts/);
    const pair = datasetOf({ kind: "pair", text: ["a"], pair: ["b"] }, [0], { name: "pairs.csv" });
    await expect(findNearDuplicates([made(["a"]), pair])).rejects.toThrow(
      /pairs.csv: cannot be compared: it has pairs/,
    );
  });
});

describe("standing inside", () => {
  it("is what a search in all texts finds", async () => {
    for (const seed of [4, 5]) {
      const texts = [...new Set(manyTexts(150, seed).map(tidy))];
      const found = await findNearDuplicates(made(texts));
      const text = (wording: number): string => found.contents.sides[found.wordings.content[wording]!]![0]!;
      const seen = new Set<string>();
      await found.inside({ inner: null, outer: null }, (part, whole) => {
        seen.add(`${text(part)} < ${text(whole)}`);
        return false;
      });
      const speakers = Array.from({ length: found.wordings.count }, (_, wording) => text(wording));
      const expected = new Set(
        speakers.flatMap((a) => speakers.filter((b) => standsInside(a, b)).map((b) => `${a} < ${b}`)),
      );
      expect(seen).toEqual(expected);
      expect(seen.size).toBeGreaterThan(100);
    }
  });

  it("of pairs: both sides, and nothing does not stand in something", async () => {
    const pair: Input = {
      kind: "pair",
      text: ["a dog runs", "there a dog runs fast", "a dog runs", "the dog"],
      pair: ["it moves", "now it moves away", "", "it moves"],
    };
    const found = await findNearDuplicates(datasetOf(pair, [0, 1, 0, 1]));
    const seen: string[] = [];
    await found.inside({ inner: null, outer: null }, (part, whole) => {
      seen.push(`${part} < ${whole}`);
      return false;
    });
    expect(seen).toEqual(["0 < 1"]);
  });
});

describe("groups", () => {
  it("are those of the definition", async () => {
    for (let seed = 10; seed < 22; seed++) {
      const texts = manyTexts(60, seed);
      const words = 1 + (seed % 6);
      const groups = await duplicateGroups(made(texts), { words });
      expect(partition(groups), `seed ${seed}`).toEqual(partition(plainGroups(texts, 0.8, words)));
    }
  });

  it("a specific text ties all that it stands in, a short one does not", async () => {
    const texts = [
      "the film",
      "i saw the film",
      "the film bored me to tears",
      "best thing since sliced bread",
      "the best thing since sliced bread really",
      "oh best thing since sliced bread my dear friend",
    ];
    expect(partition(await duplicateGroups(made(texts)))).toEqual([0, 0, -1, 3, 3, 3]);
  });

  it("pairs of one premise stay together", async () => {
    const pair: Input = {
      kind: "pair",
      text: ["A dog runs.", "a dog  runs.", "A cat."],
      pair: ["It moves.", "Nobody is here.", "It sleeps."],
    };
    expect(await duplicateGroups(datasetOf(pair, [0, 1, 0]))).toEqual(["ex-0", "ex-0", null]);
  });

  it("stand whole in folds and in flips", async () => {
    const texts = manyTexts(200, 77);
    const dataset = await groupDuplicates(made(texts));
    const whole = (of: (row: number) => number): void => {
      const seen = new Map<string, number>();
      dataset.groups!.forEach((group, row) => {
        if (group === null) return;
        expect(of(row)).toBe(seen.get(group) ?? of(row));
        seen.set(group, of(row));
      });
      expect(seen.size).toBeGreaterThan(5);
    };
    const folds = assignFolds({
      ids: dataset.ids,
      gold: dataset.gold,
      units: wholeUnits(dataset),
      folds: 3,
      seed: 1,
    });
    whole((row) => folds[row]!);
    const flipped = new Set(injectNoise(dataset, { rate: 0.3, seed: 2 }).flipped);
    expect(flipped.size).toBeGreaterThan(20);
    whole((row) => Number(flipped.has(row)));
  });

  it.skipIf(published.lacks)(
    titled(
      "of SST-2's phrases: folds leak no text of four words into another that holds it",
      published.lacks,
    ),
    async () => {
      const sst2 = await readDataset(`${published.folder}sst2/train.tsv.gz`, {
        text: "sentence",
        label: "label",
      });
      const found = await findNearDuplicates(sst2);
      const of = found.contents.of[0]!;
      const groups = groupNames(of, await joinContents(found), sst2.ids);
      const sizes = new Map<string, number>();
      for (const group of groups) if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
      expect([...sizes.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(0.99 * sst2.size);
      expect(Math.max(...sizes.values())).toBeLessThan(0.01 * sst2.size);
      const group = new Map<number, string | null>();
      of.forEach((content, row) => group.set(found.wordings.of[content]!, groups[row]!));
      let checked = 0;
      await found.inside({ inner: null, outer: null }, (part, whole) => {
        if (found.wordings.lengths[part]! < 4) return true;
        checked++;
        if (group.get(part) !== group.get(whole)) throw new Error(`${part} and ${whole} are apart`);
        return false;
      });
      expect(checked).toBeGreaterThan(100_000);
      sst2.close();
    },
    60_000,
  );
});
