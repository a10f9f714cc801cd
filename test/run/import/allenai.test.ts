import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { deriveObservations } from "../../../src/run/observation.js";
import { importRun } from "../../../src/run/import/import-run.js";
import { openRun } from "../../../src/run/reader.js";
import type { Line } from "./support.js";
import { datasetOf, epochOf, line, refusal, rowsOf, scratch, smallEpochs, writeDynamics } from "./support.js";

/** Examples with some kind of ids, in another order in every epoch. */
function random(size: number, width: number, epochs: number, id: (row: number) => string | number): Line[][] {
  const random = new Random(3);
  return Array.from({ length: epochs }, (_, epoch) =>
    [...random.permutation(size)].map((row) =>
      line(
        id(row),
        epoch,
        Array.from({ length: width }, () => 20 * random.unit() - 10),
        row % width,
      ),
    ),
  );
}

/** What the definitions say, read the naive way. */
function oracle(epochs: Line[][]): { ids: string[]; epochs: ReturnType<typeof deriveObservations>[] } {
  const records = epochs.map((lines) =>
    lines.map((l) => JSON.parse(JSON.stringify(l)) as Record<string, unknown>),
  );
  const ids = (records[0] ?? []).map((record) => String(record["guid"]));
  return {
    ids,
    epochs: records.map((lines, epoch) => {
      const found = new Map(lines.map((record) => [String(record["guid"]), record]));
      const rows = ids.map((id) => found.get(id) ?? {});
      const logits = rows.map((record) => record[`logits_epoch_${epoch}`] as number[]);
      const gold = Int32Array.from(rows, (record) => record["gold"] as number);
      return deriveObservations(
        { values: Float32Array.from(logits.flat()), widths: logits[0]?.length ?? 0 },
        gold,
      );
    }),
  };
}

describe("reading the reference's dynamics", () => {
  it.each([
    ["numbers", (row: number) => 4734364258184 + row, {}],
    ["texts", (row: number) => `id-${row}`, {}],
    ["Unicode, quotes and backslashes", (row: number) => `é"\\${row}\n雪`, {}],
    ["gzip", (row: number) => row, { zip: true }],
    ["Windows line ends", (row: number) => row, { ending: "\r\n" }],
    ["no last line break", (row: number) => row, { last: false }],
    ["blank lines", (row: number) => row, { ending: "\n\n" }],
  ])("%s: every value is what the naive reading gives", async (_, id, options) => {
    const epochs = random(9000, 3, 3, id);
    const folder = writeDynamics(join(scratch(), "dynamics"), epochs, options);
    const out = join(scratch(), "run");
    const { manifest } = await importRun([folder], { out, threads: 2 });
    const expected = oracle(epochs);
    expect(manifest.epochs).toEqual({ planned: 3, finished: 3 });
    expect(manifest.imported?.numericIds ?? false).toBe(typeof id(0) === "number");
    const examples = await rowsOf(join(out, "examples.parquet"));
    expect(examples.map((row) => row["id"])).toEqual(expected.ids);
    expect(examples.map((row) => row["source_index"])).toEqual(expected.ids.map((_id, row) => row));
    for (const [epoch, observations] of expected.epochs.entries()) {
      const rows = await epochOf(out, epoch);
      expect(rows.map((row) => Math.fround(row["loss"] as number))).toEqual([...(observations.loss ?? [])]);
      expect(rows.flatMap((row) => row["logits"] as number[]).map(Math.fround)).toEqual([
        ...(observations.logits?.values ?? []),
      ]);
    }
    expect(await (await openRun(out)).verify()).toEqual([]);
  });

  it("reads spaced, reordered and widened lines, and a file's one line longer than a block", async () => {
    const epochs = smallEpochs();
    const [first = [], second = []] = epochs;
    const odd = second.map((record, i) => {
      const { guid, logits_epoch_1, gold } = record as Record<string, unknown>;
      if (i === 0) return `  { "gold" : ${String(gold)} , "guid":"c", "logits_epoch_1" : [2.0e0,  1] }  `;
      return JSON.stringify({ device: "x".repeat(i === 1 ? 9_000_000 : 5), gold, logits_epoch_1, guid });
    });
    const folder = writeDynamics(join(scratch(), "d"), [first, odd]);
    const out = join(scratch(), "run");
    await importRun([folder], { out });
    const rows = await epochOf(out, 1);
    expect(rows.map((row) => row["logits"])).toEqual([
      [1, 0],
      [0, 1],
      [2, 1],
    ]);
    expect(rows.map((row) => row["margin"])).toEqual([1, 1, 1]);
  });

  it("keeps numeric ids past 2^53 as they stand", async () => {
    const ids = ["9007199254740993", "9007199254740992", "123456789012345678901234567890", "-5"];
    const epochs = [0, 1].map((epoch) =>
      (epoch === 0 ? ids : [...ids].reverse()).map((id) =>
        epoch === 0
          ? `{"guid": ${id}, "logits_epoch_0": [1, 2], "gold": 1}`
          : `{"gold": 1, "guid": ${id}, "logits_epoch_1": [1, 2]}`,
      ),
    );
    const out = join(scratch(), "run");
    await importRun([writeDynamics(join(scratch(), "d"), epochs)], { out });
    expect((await rowsOf(join(out, "examples.parquet"))).map((row) => row["id"])).toEqual(ids);
  });

  it("finds training_dynamics/ in a folder, and takes files one by one", async () => {
    const parent = scratch();
    const folder = writeDynamics(join(parent, "training_dynamics"), smallEpochs());
    const warned: string[] = [];
    const effects = {
      log: () => undefined,
      warn: (text: string) => void warned.push(text),
      progress: () => ({ update: () => undefined, end: () => undefined }),
    };
    writeFileSync(join(folder, "log.txt"), "x");
    await importRun([parent], { out: join(scratch(), "run"), effects });
    expect(warned).toEqual(["ignored beside the epochs: log.txt"]);
    const files = [0, 1].map((epoch) => join(folder, `dynamics_epoch_${epoch}.jsonl`)).reverse();
    const { manifest } = await importRun(files, { out: join(scratch(), "run") });
    expect(manifest.dataset.size).toBe(3);
  });

  it("joins the data by id: its order, its labels, its columns", async () => {
    const data = datasetOf(["b", "c", "a"], ["pos", "neg", "neg"], ["neg", "pos"]);
    const out = join(scratch(), "run");
    const folder = writeDynamics(join(scratch(), "d"), smallEpochs());
    const { manifest } = await importRun([folder], { out, data, protocol: "train-pass" });
    expect(manifest).toMatchObject({
      protocol: "train-pass",
      dataset: { labelNames: ["neg", "pos"], input: "text", name: "train.tsv" },
    });
    const examples = await rowsOf(join(out, "examples.parquet"));
    expect(examples).toMatchObject([
      { row: 0, id: "b", label: "pos", source: { text: "text of b" }, source_index: 1 },
      { row: 1, id: "c", label: "neg", source_index: 2 },
      { row: 2, id: "a", label: "neg", source_index: 0 },
    ]);
    expect((await epochOf(out, 0)).map((row) => row["logits"])).toEqual([
      [0.5, -1],
      [3, 3],
      [1, 2],
    ]);
  });

  it("goes on with an import that was stopped, to the same bytes", async () => {
    const folder = writeDynamics(join(scratch(), "d"), smallEpochs());
    const [whole, stopped] = [join(scratch(), "run"), join(scratch(), "run")];
    await importRun([folder], { out: whole });
    let warned = 0;
    const stop = new Error("stopped");
    const progress = {
      update: () => {
        if (warned++ === 0) throw stop;
      },
      end: () => undefined,
    };
    const effects = { log: () => undefined, warn: () => undefined, progress: () => progress };
    await expect(importRun([folder], { out: stopped, effects })).rejects.toBe(stop);
    expect(existsSync(stopped)).toBe(false);
    await importRun([folder], { out: stopped });
    await importRun([folder], { out: stopped, resume: true });
    const checksums = (await openRun(stopped)).manifest.checksums;
    expect(checksums).toEqual((await openRun(whole)).manifest.checksums);
  });
});

describe("bad dynamics", () => {
  const changed = (epoch: number, place: number, replacement: Line | null): Line[][] => {
    const epochs = smallEpochs();
    epochs[epoch]?.splice(place, 1, ...(replacement === null ? [] : [replacement]));
    return epochs;
  };
  const refused = async (epochs: Line[][], last = true): Promise<string> => {
    const folder = writeDynamics(join(scratch(), "dynamics"), epochs, { last });
    const message = await refusal([folder]);
    return message.replaceAll(`${folder}/`, "").replaceAll(folder, "FOLDER");
  };

  it.each<[string, Line[][], string]>([
    [
      "NaN",
      changed(1, 1, '{"guid": "a", "logits_epoch_1": [NaN, 0], "gold": 0}'),
      'dynamics_epoch_1.jsonl, line 2: a logit is not finite, "NaN"',
    ],
    [
      "infinity",
      changed(1, 2, '{"guid": "b", "logits_epoch_1": [0, -Infinity], "gold": 1}'),
      'dynamics_epoch_1.jsonl, line 3: a logit is not finite, "-Infinity"',
    ],
    [
      "null, as pandas writes NaN",
      changed(0, 1, '{"guid": "b", "logits_epoch_0": [null, 0], "gold": 1}'),
      'dynamics_epoch_0.jsonl, line 2: a logit is not finite, "null"',
    ],
    [
      "past 32 bits",
      changed(1, 1, '{"guid": "a", "logits_epoch_1": [1e39, 0], "gold": 0}'),
      'dynamics_epoch_1.jsonl, line 2: a logit is not finite, "1e+39"',
    ],
    [
      "too few logits",
      changed(1, 1, line("a", 1, [1], 0)),
      "dynamics_epoch_1.jsonl, line 2: 1 logits, where all lines before have 2",
    ],
    [
      "too many logits",
      changed(1, 0, line("c", 1, [1, 2, 3], 0)),
      "dynamics_epoch_1.jsonl, line 1: 3 logits, where all lines before have 2",
    ],
    ["one logit", [[line("a", 0, [1], 0)]], "dynamics_epoch_0.jsonl, line 1: at least two logits are needed"],
    [
      "a logit that is text",
      changed(0, 0, '{"guid": "a", "logits_epoch_0": ["1", 2], "gold": 0}'),
      "dynamics_epoch_0.jsonl, line 1: a logit is not a number",
    ],
    [
      "an example missing in one epoch",
      changed(1, 1, null),
      'dynamics_epoch_1.jsonl: lacks 1 example ("a") of dynamics_epoch_0.jsonl',
    ],
    [
      "an example too many",
      changed(1, 3, line("d", 1, [1, 2], 0)),
      'dynamics_epoch_1.jsonl: has 1 example ("d") that dynamics_epoch_0.jsonl lacks',
    ],
    [
      "another example",
      changed(1, 1, line("d", 1, [1, 2], 0)),
      'lacks 1 example ("a") of dynamics_epoch_0.jsonl and has 1 example ("d")',
    ],
    [
      "a duplicate in epoch 0",
      changed(0, 3, line("a", 0, [1, 2], 0)),
      'dynamics_epoch_0.jsonl, line 4: the example stands twice in this epoch, "a"',
    ],
    [
      "a duplicate later",
      changed(1, 3, line("a", 1, [1, 2], 0)),
      'dynamics_epoch_1.jsonl, line 4: the example stands twice in this epoch, "a"',
    ],
    [
      "a gold label that changes",
      changed(1, 1, line("a", 1, [1, 2], 1)),
      'dynamics_epoch_1.jsonl: the gold label of example "a" is "1", but "0" in dynamics_epoch_0.jsonl (1 of 3 examples differ)',
    ],
    [
      "gold outside the logits",
      changed(1, 1, line("a", 1, [1, 2], 2)),
      "dynamics_epoch_1.jsonl, line 2: the gold label is outside the 2 logits, 2",
    ],
    [
      "negative gold",
      changed(1, 1, line("a", 1, [1, 2], -1)),
      "dynamics_epoch_1.jsonl, line 2: the gold label is outside the 2 logits, -1",
    ],
    [
      "gold that is a name",
      changed(0, 1, '{"guid": "b", "logits_epoch_0": [1, 2], "gold": "pos"}'),
      "dynamics_epoch_0.jsonl, line 2: gold is not the number of a label",
    ],
    [
      "no gold",
      changed(1, 1, '{"guid": "a", "logits_epoch_1": [1, 2]}'),
      'dynamics_epoch_1.jsonl, line 2: has no "gold"',
    ],
    [
      "no guid",
      changed(1, 1, '{"logits_epoch_1": [1, 2], "gold": 0}'),
      'dynamics_epoch_1.jsonl, line 2: has no "guid"',
    ],
    [
      "an empty guid",
      changed(1, 1, line("", 1, [1, 2], 0)),
      "dynamics_epoch_1.jsonl, line 2: the guid is not a text or a whole number",
    ],
    [
      "a guid with a fraction",
      changed(0, 0, '{"guid": 1.5, "logits_epoch_0": [1, 2], "gold": 0}'),
      "dynamics_epoch_0.jsonl, line 1: the guid is a number, but not a whole one",
    ],
    [
      "numbers among texts",
      changed(0, 1, line(7, 0, [1, 2], 0)),
      "dynamics_epoch_0.jsonl, line 2: the guid is a number here and a text before",
    ],
    [
      "numbers in the next epoch",
      changed(1, 0, line(7, 1, [1, 2], 0)),
      "dynamics_epoch_1.jsonl, line 1: the guid is a number here and a text before",
    ],
    [
      "the wrong epoch's key",
      changed(0, 0, line("a", 1, [1, 2], 0)),
      'dynamics_epoch_0.jsonl, line 1: has "logits_epoch_1" instead of "logits_epoch_0"',
    ],
    [
      "the wrong epoch's key later",
      changed(1, 2, line("b", 0, [1, 2], 1)),
      'dynamics_epoch_1.jsonl, line 3: has "logits_epoch_0" instead of "logits_epoch_1"',
    ],
    ["not JSON", changed(1, 0, "guid,gold"), "dynamics_epoch_1.jsonl, line 1: not JSON"],
    ["a list", changed(1, 0, "[1, 2]"), "dynamics_epoch_1.jsonl, line 1: not a JSON object"],
    ["blank lines only", [[" "], [" "]], "dynamics_epoch_0.jsonl: is empty"],
  ])("%s", async (_, epochs, message) => {
    expect(await refused(epochs)).toContain(message);
  });

  it("a last line that is cut off", async () => {
    expect(await refused(changed(1, 2, '{"guid": "b", "logits_epoch_1": [0, 1'), false)).toContain(
      "dynamics_epoch_1.jsonl, line 3: the last line is cut off",
    );
  });

  it("a missing epoch, an empty file, no dynamics, no such folder, a folder as an epoch", async () => {
    const folder = writeDynamics(
      join(scratch(), "d"),
      [0, 1].map(() => smallEpochs()[0] ?? []),
    );
    writeFileSync(join(folder, "dynamics_epoch_3.jsonl"), "x");
    expect(await refusal([folder])).toContain("epoch 2 is missing (found 0, 1, 3)");
    const empty = writeDynamics(join(scratch(), "d"), smallEpochs());
    writeFileSync(join(empty, "dynamics_epoch_1.jsonl"), "");
    expect(await refusal([empty])).toContain("dynamics_epoch_1.jsonl: is empty");
    const none = scratch();
    writeFileSync(join(none, "notes.txt"), "x");
    expect(await refusal([none])).toContain('holds no dynamics_epoch_<e>.jsonl, "notes.txt"');
    expect(await refusal([join(none, "nothing")])).toContain("no such file or folder");
    const odd = writeDynamics(join(scratch(), "d"), smallEpochs());
    mkdirSync(join(odd, "dynamics_epoch_2.jsonl"));
    expect(await refusal([odd])).toContain("dynamics_epoch_2.jsonl: is not a file");
    const both = writeDynamics(writeDynamics(join(scratch(), "d"), smallEpochs()), smallEpochs(), {
      zip: true,
    });
    expect(await refusal([both])).toContain("epoch 0 stands in more than one file");
  });

  it("a gzip file that is cut off", async () => {
    const folder = writeDynamics(join(scratch(), "d"), random(2000, 3, 1, String), { zip: true });
    const [name = ""] = readdirSync(folder);
    const { readFileSync } = await import("node:fs");
    const whole = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), whole.subarray(0, whole.length / 2));
    expect(await refusal([folder])).toContain("the gzip file is damaged or cut off");
  });

  it("data with other ids, other labels, other label counts", async () => {
    const folder = writeDynamics(join(scratch(), "d"), smallEpochs());
    const names = ["neg", "pos"];
    const other = datasetOf(["a", "b", "x", "y"], ["neg", "pos", "neg", "neg"], names);
    expect(await refusal([folder], { data: other })).toContain(
      'lacks 2 examples ("x", "y") of train.tsv and has 1 example ("c") that train.tsv lacks',
    );
    const turned = datasetOf(["a", "b", "c"], ["neg", "pos", "neg"], ["pos", "neg"]);
    expect(await refusal([folder], { data: turned })).toContain(
      "give the labels in the order of the logits with --labels",
    );
    const three = datasetOf(["a", "b", "c"], ["neg", "pos", "neg"], ["neg", "neutral", "pos"]);
    expect(await refusal([folder], { data: three })).toContain("2 labels, but train.tsv names 3");
    expect(await refusal([folder], { labelNames: ["one"] })).toContain("2 labels, but --labels names 1");
    expect(await refusal([folder], { totalEpochs: 3 })).toContain("--total-epochs: is for coordinates files");
    expect(await refusal([folder], { predicted: "p.csv" })).toContain(
      "--predicted: is for tables of probabilities",
    );
  });
});
