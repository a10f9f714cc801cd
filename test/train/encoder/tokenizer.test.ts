import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families, readConfig, type Family } from "../../../src/train/encoder/checkpoint/config.js";
import { tokenizeDataset } from "../../../src/train/encoder/tokens/tokenize-dataset.js";
import { tokenizeOnce } from "../../../src/train/encoder/tokens/tokenize-once.js";
import { choicePair } from "../../../src/train/encoder/tokens/tokenize-input.js";
import { exampleLengths } from "../../../src/train/encoder/tokens/tokenized.js";
import { loadTokenizer } from "../../../src/train/encoder/tokens/tokenizer.js";
import { longestFirst } from "../../../src/train/encoder/tokens/truncate.js";
import type { Input } from "../../../src/dataset/dataset.js";
import { subset } from "../../../src/dataset/subset.js";
import { datasetOf } from "../datasets.js";
import { titled } from "../../util/requires.js";
import { problemOf, problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { checkpointFolder, miniLm, numbersOf, readJson, tokensOf } from "./fixtures.js";

const scratch = scratchFolder("tokenizer");
let made = 0;

/** A folder with a tokenizer.json of one's own making. */
function withTokenizer(change: (json: Record<string, unknown>) => unknown, family: Family = "bert"): string {
  const folder = join(scratch, String(made++));
  mkdirSync(folder);
  const json = readJson(join(checkpointFolder(family), "tokenizer.json")) as Record<string, unknown>;
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(change(json)));
  return folder;
}

describe("a tokenizer", () => {
  it.each(families)("of %s encodes and cuts as transformers does", async (family) => {
    const folder = checkpointFolder(family);
    const config = await readConfig(folder);
    const typed = family === "bert" || family === "electra";
    for (const { text, pair, length, ids, types } of tokensOf(family)) {
      const tokenizer = await loadTokenizer(folder, config, length);
      const encoded = tokenizer.encode(text, pair ?? undefined);
      const what = JSON.stringify([text, pair, length]);
      expect([...encoded.ids], what).toEqual(ids);
      expect([...encoded.types], what).toEqual(typed ? types : types.map(() => 0));
    }
  });

  it("takes no more tokens than the model has positions, and says when it cuts", async () => {
    const folder = checkpointFolder("roberta");
    const tokenizer = await loadTokenizer(folder, await readConfig(folder), 512);
    expect(tokenizer.maxLength).toBe(40);
    const long = tokenizer.encode("the dogs ".repeat(100));
    expect(long).toMatchObject({ cut: true, ids: expect.objectContaining({ length: 40 }) as unknown });
    expect(tokenizer.encode("the dogs").cut).toBe(false);
  });

  it("gives an empty text its special tokens alone, and keeps an empty second one a second one", async () => {
    const folder = checkpointFolder("xlm-roberta");
    const tokenizer = await loadTokenizer(folder, await readConfig(folder));
    expect([...tokenizer.encode("").ids]).toEqual([0, 2]);
    expect([...tokenizer.encode("", "").ids]).toEqual([0, 2, 2, 2]);
  });

  it("ignores the file's own truncation and padding", async () => {
    const config = await readConfig(checkpointFolder("bert"));
    const folder = withTokenizer((json) => ({
      ...json,
      truncation: { max_length: 4, strategy: "LongestFirst", stride: 0, direction: "Right" },
      padding: { strategy: { Fixed: 30 }, direction: "Right", pad_id: 0, pad_type_id: 0, pad_token: "[PAD]" },
    }));
    const text = "Two dogs run across the snow.";
    const plain = (await loadTokenizer(checkpointFolder("bert"), config)).encode(text);
    expect((await loadTokenizer(folder, config)).encode(text)).toEqual(plain);
  });

  it.skipIf(miniLm.lacks !== null)(
    titled("of all-MiniLM-L6-v2 is read as published", miniLm.lacks),
    async () => {
      const tokenizer = await loadTokenizer(miniLm.folder, await readConfig(miniLm.folder), 12);
      const { ids, types } = tokenizer.encode("Hello, wörld! it's", "another embeddings text is herein");
      // As transformers 5.23 gives it with truncation="longest_first", max_length=12.
      expect([...ids]).toEqual([101, 7592, 1010, 2088, 999, 102, 2178, 7861, 8270, 4667, 2015, 102]);
      expect(types.join("")).toBe("000000111111");
    },
  );

  it("is refused where it does not fit the model, or is damaged, in one line", async () => {
    const config = await readConfig(checkpointFolder("bert"));
    const problem = (folder: string, maxLength?: number): Promise<string> =>
      problemOfAsync(() => loadTokenizer(folder, config, maxLength));
    expect(await problem(checkpointFolder("xlm-roberta"))).toMatch(
      /does not fit the model: its token "<mask>" has the number 139, but config.json's vocab_size is 100/,
    );
    expect(await problem(join(scratch, "none"))).toContain("the checkpoint has no tokenizer.json");
    expect(await problem(withTokenizer(() => []))).toContain("not a tokenizer");
    expect(await problem(withTokenizer((json) => ({ ...json, model: { type: "Morse" } })))).toContain(
      "of a kind that cannot be read here",
    );
    expect(await problem(withTokenizer((json) => ({ ...json, post_processor: null })))).toContain(
      "adds no special tokens",
    );
    const strange = { type: "BertProcessing", cls: ["[CLS]", 2], sep: ["[SEP]", 777] };
    expect(await problem(withTokenizer((json) => ({ ...json, post_processor: strange })))).toContain(
      "the special token 777 is not in its vocabulary",
    );
    const cut = join(scratch, "cut");
    mkdirSync(cut);
    writeFileSync(
      join(cut, "tokenizer.json"),
      readFileSync(join(checkpointFolder("bert"), "tokenizer.json")).subarray(0, 500),
    );
    expect(await problem(cut)).toContain("tokenizer.json: not JSON");
    expect(await problem(checkpointFolder("bert"), 2)).toMatch(
      /^--max-length: leaves no room for a text beside the 2 special tokens of .*, 2; give at least 3$/,
    );
    const narrow = await loadTokenizer(
      checkpointFolder("bert"),
      await readConfig(checkpointFolder("bert")),
      4,
    );
    expect(narrow.encode("a man waits").ids).toHaveLength(4);
    expect(problemOf(() => narrow.checkPairs())).toMatch(
      /^--max-length: leaves no room for two texts beside the 3 special tokens of .*, 4; give at least 5$/,
    );
    copyFileSync(join(checkpointFolder("bert"), "tokenizer.json"), join(cut, "tokenizer.json"));
    writeFileSync(join(cut, "tokenizer_config.json"), "{");
    expect(await problem(cut)).toContain("tokenizer_config.json: not JSON");
  });
});

describe("a word of more letters than the library takes at once", () => {
  it.each(families)(
    "is read all the same, by %s",
    async (family) => {
      const folder = checkpointFolder(family);
      const tokenizer = await loadTokenizer(folder, await readConfig(folder), 16);
      const word = "ab😀".repeat(50_000);
      const { ids, cut } = tokenizer.encode(word);
      // A word-piece tokenizer has one token for it: unknown.
      expect(ids.length).toBe(cut ? 16 : 3);
      expect(ids).toEqual(tokenizer.encode(word.slice(0, 8000)).ids);
    },
    60_000,
  );
});

describe("longestFirst", () => {
  it("takes from the longer text, token by token, until both fit", () => {
    const length = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(length, length, fc.integer({ min: 0, max: 80 }), (first, second, room) => {
        const [a, b] = longestFirst(first, second, room);
        expect(a + b).toBe(Math.min(first + second, room));
        if (first + second <= room) expect([a, b]).toEqual([first, second]);
        // Who was cut is left with no less than the other, but for the odd token.
        if (a < first) expect(a).toBeGreaterThanOrEqual(b - 1);
        if (b < second) expect(b).toBeGreaterThanOrEqual(a - 1);
      }),
    );
  });
});

describe("tokenizeDataset", () => {
  const folder = checkpointFolder("bert");
  const word = fc.constantFrom("dog", "the", "man", "plays", "Ann", "_", "café", "", "🙂", "\t");
  const text = fc.array(word, { maxLength: 9 }).map((words) => words.join(" "));
  const input: fc.Arbitrary<Input> = fc
    .array(fc.tuple(text, text, fc.array(text, { maxLength: 4 })), { maxLength: 12 })
    .chain((rows) =>
      fc.constantFrom<Input>(
        { kind: "text", text: rows.map(([a]) => a) },
        { kind: "pair", text: rows.map(([a]) => a), pair: rows.map(([, b]) => b) },
        { kind: "choices", text: rows.map(([a]) => a), choices: rows.map(([, , c]) => c) },
      ),
    );

  it("packs what the tokenizer says of each sequence, whatever the number of threads", async () => {
    const config = await readConfig(folder);
    const tokenizer = await loadTokenizer(folder, config, 12);
    await fc.assert(
      fc.asyncProperty(input, async (rows) => {
        const options = { folder, config, maxLength: 12, threads: 1 };
        const tokens = await tokenizeDataset({ name: "d", input: rows }, options);
        if (rows.kind === "features") return;
        let sequence = 0;
        let cut = 0;
        rows.text.forEach((sentence, row) => {
          const pairs: [string, string?][] =
            rows.kind === "text"
              ? [[sentence]]
              : rows.kind === "pair"
                ? [[sentence, rows.pair[row]!]]
                : rows.choices[row]!.map((choice) => choicePair(sentence, choice));
          expect(tokens.first[row]).toBe(sequence);
          const encoded = pairs.map((pair) => tokenizer.encode(...pair));
          for (const { ids, types } of encoded) {
            const [from, to] = [tokens.offsets[sequence]!, tokens.offsets[sequence + 1]!];
            expect(tokens.ids.slice(from, to)).toEqual(ids);
            expect(tokens.types?.slice(from, to) ?? new Int32Array(ids.length)).toEqual(types);
            sequence++;
          }
          expect(exampleLengths(tokens)[row]).toBe(Math.max(0, ...encoded.map(({ ids }) => ids.length)));
          if (encoded.some((one) => one.cut)) cut++;
        });
        expect(tokens.first[rows.text.length]).toBe(sequence);
        expect(tokens.offsets).toHaveLength(sequence + 1);
        expect(tokens.cut).toBe(cut);
        expect(tokens.empty).toBe(rows.text.filter((one) => one.trim() === "").length);
      }),
      { numRuns: 30 },
    );
    for (const rows of fc.sample(input, { seed: 3, numRuns: 3 })) {
      const dataset = { name: "d", input: rows };
      const one = await tokenizeDataset(dataset, { folder, config, threads: 1 });
      const three = await tokenizeDataset(dataset, { folder, config, threads: 3, charactersWorthThreads: 0 });
      expect(three).toEqual(one);
    }
  });

  it.each(families)("reads choices of %s as two texts, as the fixture does", async (family) => {
    const { choice } = numbersOf(family);
    const dataset = {
      name: "d",
      input: { kind: "choices" as const, text: choice.sentences, choices: choice.choices },
    };
    const config = await readConfig(checkpointFolder(family));
    const tokens = await tokenizeDataset(dataset, { folder: checkpointFolder(family), config, threads: 1 });
    const rows = choice.ids.flat().map((ids, s) => ids.filter((_, at) => choice.mask.flat()[s]![at] === 1));
    expect([...tokens.ids]).toEqual(rows.flat());
    expect(tokens.types === null).toBe(family !== "bert" && family !== "electra");
  });

  it("fills a blank, and puts a choice after a sentence that has none", () => {
    expect(choicePair("Ann asked Mary, but _ forgot.", "she")).toEqual([
      "Ann asked Mary, but",
      "she forgot.",
    ]);
    expect(choicePair("[MASK] forgot.", "Ann")).toEqual(["", "Ann forgot."]);
    expect(choicePair("Ann ___ and _ again.", "ran")).toEqual(["Ann", "ran and ran again."]);
    expect(choicePair("Why?", "Because.")).toEqual(["Why?", "Because."]);
  });

  it("refuses features", async () => {
    const dataset = { name: "d.csv", input: { kind: "features" as const, columns: [] } };
    const config = await readConfig(folder);
    expect(await problemOfAsync(() => tokenizeDataset(dataset, { folder, config, threads: 1 }))).toBe(
      "d.csv: the encoder trainer reads texts, not features; give --trainer features",
    );
  });
});

describe("tokens that are kept", () => {
  it("are the same arrays for the same texts, length and tokenizer, and of a subset its own", async () => {
    const folder = checkpointFolder("bert");
    const options = { folder, config: await readConfig(folder), threads: 1 };
    const dataset = datasetOf({ kind: "text", text: ["a man waits near the lake", "dogs"] }, [0, 1], {
      labels: ["no", "yes"],
    });
    const tokens = await tokenizeOnce(dataset, options);
    expect(tokens).toEqual(await tokenizeDataset(dataset, options));
    expect(await tokenizeOnce(dataset, options)).toBe(tokens);
    expect(await tokenizeOnce(dataset, { ...options, maxLength: 5 })).not.toEqual(tokens);
    expect((await tokenizeOnce(subset(dataset, Int32Array.of(1)), options)).first).toEqual(
      Uint32Array.of(0, 1),
    );
    // What failed is tried again.
    const nowhere = { ...options, folder: "nowhere" };
    for (const _ of [1, 2]) await expect(tokenizeOnce(dataset, nowhere)).rejects.toThrow(/nowhere/);
  });
});
