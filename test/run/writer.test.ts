import {
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  existsSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../src/core/duckdb.js";
import { layout, partRows } from "../../src/run/layout.js";
import { deriveObservations } from "../../src/run/observation.js";
import type { Observations } from "../../src/run/observation.js";
import { markBegun } from "../../src/run/housekeeping.js";
import { createRun, resumeRun } from "../../src/run/open-writer.js";
import { openRun } from "../../src/run/reader.js";
import type { ObservationChunk } from "../../src/run/epoch-reader.js";
import { topLogits } from "../../src/run/top-logits.js";
import { beginning, fingerprint, observationsOf, scratchFolder } from "./support.js";

async function wholeEpoch(chunks: AsyncIterable<ObservationChunk>): Promise<ObservationChunk[]> {
  const all: ObservationChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

const joined = (chunks: readonly ObservationChunk[], column: keyof Observations): number[] =>
  chunks.flatMap((chunk) => {
    const values = chunk[column];
    return values instanceof Float32Array || values instanceof Int32Array ? [...values] : [];
  });

const names = [
  "goldProbability",
  "predicted",
  "predictedProbability",
  "margin",
  "loss",
  "entropy",
  "el2n",
] as const;

describe("a run on disk", () => {
  it("gives back every column of every row, bit for bit", async () => {
    const folder = join(scratchFolder(), "r");
    const size = 5000;
    const writer = await createRun(folder, beginning(size, 3));
    const written = observationsOf(size, 3, 0);
    await writer.writeEpoch(0, written, 0.7);
    await writer.close();

    const run = await openRun(folder);
    expect(run.epochs).toBe(1);
    expect(run.manifest.trainLoss).toEqual([0.7]);
    const chunks = await wholeEpoch(run.readEpoch(0));
    expect(chunks.map((chunk) => chunk.first)).toEqual([0, 2048, 4096]);
    for (const name of names) expect(joined(chunks, name)).toEqual([...(written[name] ?? [])]);
    expect(chunks.every((chunk) => chunk.logits?.widths === 3 && chunk.top === null)).toBe(true);
    expect(chunks.flatMap((chunk) => [...(chunk.logits?.values ?? [])])).toEqual([
      ...(written.logits?.values ?? []),
    ]);

    const some = await wholeEpoch(run.readEpoch(0, ["margin"]));
    expect(joined(some, "margin")).toEqual([...(written.margin ?? [])]);
    expect(some.every((chunk) => chunk.logits === null && chunk.loss === null)).toBe(true);
  });

  it("has the column types that other tools expect", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(100, 3));
    await writer.writeEpoch(0, observationsOf(100, 3, 0), 0);
    await writer.close();
    const described = await withDatabase({}, (database) =>
      database.json(`DESCRIBE FROM read_parquet('${folder}/dynamics/*/*.parquet', hive_partitioning = true)`),
    );
    expect(
      described.map((column) => `${String(column["column_name"])} ${String(column["column_type"])}`),
    ).toEqual([
      "row INTEGER",
      "gold_probability FLOAT",
      "predicted INTEGER",
      "predicted_probability FLOAT",
      "margin FLOAT",
      "loss FLOAT",
      "entropy FLOAT",
      "el2n FLOAT",
      "logits FLOAT[]",
      "epoch BIGINT",
    ]);
  });

  it("keeps logits of several widths, and only the largest where asked", async () => {
    const folder = scratchFolder();
    const size = 3000;
    const widths = Int32Array.from({ length: size }, (_, row) => 2 + (row % 7));
    const values = Float32Array.from({ length: widths.reduce((a, b) => a + b, 0) }, (_, i) => (i * 37) % 101);
    const observations = deriveObservations({ values, widths }, new Int32Array(size));
    for (const kept of ["all", "top", "none"] as const) {
      const writer = await createRun(join(folder, kept), beginning(size, 8, kept));
      await writer.writeEpoch(0, observations, 0);
      await writer.close();
      const chunks = await wholeEpoch((await openRun(join(folder, kept))).readEpoch(0));
      const logits = chunks.flatMap((chunk) => [...(chunk.logits?.values ?? [])]);
      expect(logits).toEqual(kept === "all" ? [...values] : []);
      if (kept === "all") {
        expect(chunks.flatMap((chunk) => [...(chunk.logits?.widths as Int32Array)])).toEqual([...widths]);
      }
      const top = topLogits({ values, widths }, size);
      const read = chunks.flatMap((chunk) => [...(chunk.top?.labels ?? [])]);
      expect(read).toEqual(kept === "top" ? [...top.labels] : []);
      if (kept === "top") {
        expect(chunks.flatMap((chunk) => [...(chunk.top?.logSumExp ?? [])])).toEqual([...top.logSumExp]);
      }
    }
  });

  it("cuts an epoch into parts of 2^20 rows", async () => {
    const folder = join(scratchFolder(), "r");
    const size = partRows + 3;
    const begin = { ...beginning(size, 2, "none"), columns: ["margin" as const] };
    const margin = Float32Array.from({ length: size }, (_, row) => row / 2);
    const none = { ...observationsOf(1, 2, 0), goldProbability: null, predicted: null, logits: null };
    const writer = await createRun(folder, begin);
    await writer.writeEpoch(0, { ...none, size, margin }, 0);
    await writer.close();
    const run = await openRun(folder);
    expect(run.epochFiles(0).map((file) => file.slice(folder.length + 1))).toEqual([
      join("dynamics", "epoch=0", "part-0.parquet"),
      join("dynamics", "epoch=0", "part-1.parquet"),
    ]);
    let seen = 0;
    for await (const chunk of run.readEpoch(0)) {
      for (const value of chunk.margin ?? []) if (value === margin[seen]) seen++;
    }
    expect(seen).toBe(size);
    expect(await run.verify()).toEqual([]);
  });

  it("has the same bytes when it is written again, and memory may be shared between threads", async () => {
    const folder = scratchFolder();
    for (const name of ["a", "b"]) {
      const writer = await createRun(join(folder, name), beginning(4000, 2));
      const observations = observationsOf(4000, 2, 1);
      const shared = new Float32Array(new SharedArrayBuffer(4 * 4000));
      shared.set(observations.margin ?? []);
      await writer.writeEpoch(0, name === "a" ? observations : { ...observations, margin: shared }, 1);
      await writer.writeModel(async (model) => writeFileSync(join(model, "weights"), "w"));
      await writer.close();
    }
    expect(fingerprint(join(folder, "a"))).toEqual(fingerprint(join(folder, "b")));
  });

  it("keeps scores and predictions of test sets", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(10));
    const predictions = {
      ids: ["a", "ü", "9007199254740993"],
      gold: Int32Array.of(0, 1, -1),
      predicted: Int32Array.of(0, 0, 1),
      logits: { values: Float32Array.of(1, 0, 2, 1, 0, 3), widths: 2 },
    };
    await writer.writeTest("ood", { accuracy: 0.1 }, predictions);
    await writer.writeTest("ood", { accuracy: 0.5 }, predictions);
    await writer.writeTest("every epoch", {}, { ...predictions, epoch: Int32Array.of(0, 0, 0) });
    for (const name of ["../x", "", ".hidden", "a/b", "x".repeat(101), "a\nb"]) {
      await expect(writer.writeTest(name, {}, predictions)).rejects.toThrow(
        /^--test: a test set's name becomes/,
      );
    }
    await writer.close();

    const run = await openRun(folder);
    expect(await run.tests()).toEqual(["every epoch", "ood"]);
    expect(await run.test("ood")).toEqual({ accuracy: 0.5 });
    await expect(run.test("odd")).rejects.toThrow(
      `${folder}: has no scores of a test set, "odd"; there are every epoch, ood`,
    );
    const rows = await withDatabase({}, (database) =>
      database.json(`FROM '${layout.testPredictions(folder, "ood")}'`),
    );
    expect(rows).toEqual([
      { id: "a", gold: 0, predicted: 0, logits: [1, 0] },
      { id: "ü", gold: 1, predicted: 0, logits: [2, 1] },
      { id: "9007199254740993", gold: -1, predicted: 1, logits: [0, 3] },
    ]);
    expect(await run.verify()).toEqual([]);
  });

  it("keeps the last two states, each named with its epoch", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(10, 2, "all", 4));
    expect(await writer.stateFolder()).toBeNull();
    for (let epoch = 0; epoch < 3; epoch++) {
      await writer.saveState(epoch, async (state) => writeFileSync(join(state, "moments"), `after ${epoch}`));
      await writer.writeEpoch(epoch, observationsOf(10, 2, epoch), 0);
    }
    // As if killed between the state and its epoch.
    await writer.saveState(3, async (state) => writeFileSync(join(state, "moments"), "after 3"));
    await writer.close();
    expect(readdirSync(layout.states(folder))).toEqual(["epoch=1", "epoch=2", "epoch=3"]);
    const resumed = await resumeRun(folder);
    expect(readdirSync(layout.states(folder))).toEqual(["epoch=1", "epoch=2"]);
    expect(await resumed.stateFolder()).toBe(layout.state(folder, 2));
    expect(readFileSync(join(layout.state(folder, 2), "moments"), "utf8")).toBe("after 2");
    await resumed.close();
    expect(await (await openRun(folder)).verify()).toEqual([]);
  });

  it("can be read while it is written", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(100));
    await expect(openRun(folder)).rejects.toThrow(`${folder}: not a run, it has no run.json`);
    await writer.writeEpoch(0, observationsOf(100, 2, 0), 0);
    const run = await openRun(folder);
    const chunks = wholeEpoch(run.readEpoch(0));
    await writer.writeEpoch(1, observationsOf(100, 2, 1), 0);
    expect((await chunks).length).toBe(1);
    expect(run.epochs).toBe(1);
    await expect(run.readEpoch(1).next()).rejects.toThrow(
      `${folder}: no such epoch, 1; it has epochs 0 to 0`,
    );
    await writer.close();
    await writer.close();
  });

  it("refuses what the manifest does not say", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(10));
    const good = observationsOf(10, 2, 0);
    await expect(writer.writeEpoch(1, good)).rejects.toThrow("internal: epoch 1 after 0 of 3");
    await expect(writer.writeEpoch(0, observationsOf(9, 2, 0))).rejects.toThrow(
      "internal: epoch 0 has 9 of 10 examples",
    );
    await expect(writer.writeEpoch(0, { ...good, loss: null }, 1)).rejects.toThrow(
      "internal: column loss has no of",
    );
    await expect(writer.writeEpoch(0, { ...good, logits: null }, 1)).rejects.toThrow(
      "internal: the run records logits",
    );
    await expect(writer.writeEpoch(0, good)).rejects.toThrow("internal: epoch 0 has training loss undefined");
    await expect(writer.writeEpoch(0, good, NaN)).rejects.toThrow(
      "epoch 0: the training loss is not finite, NaN; training diverged: lower the learning rate",
    );
    await expect(writer.publishFile(join(folder, "..", "x"), async () => undefined)).rejects.toThrow(
      "is not in",
    );
    await writer.close();
    await expect(writer.writeEpoch(0, good, 1)).rejects.toThrow("was closed");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("names damaged files", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(3000));
    for (const epoch of [0, 1, 2]) await writer.writeEpoch(epoch, observationsOf(3000, 2, epoch), 0);
    await writer.close();
    truncateSync(layout.part(folder, 0, 0), 1000);
    rmSync(layout.part(folder, 1, 0));
    const run = await openRun(folder);
    expect(await run.verify()).toEqual([
      { path: "dynamics/epoch=0/part-0.parquet", problem: "changed" },
      { path: "dynamics/epoch=1/part-0.parquet", problem: "missing" },
    ]);
    for (const epoch of [0, 1]) {
      await expect(run.readEpoch(epoch).next()).rejects.toThrow(
        /epoch=\d: cannot be read: [^\n]*; restore the file/,
      );
    }
    await expect(resumeRun(folder)).rejects.toThrow(
      /part-0\.parquet: missing, though run\.json names it as finished/,
    );
  });

  it("says when an epoch's rows are not the run's", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(3000));
    await writer.writeEpoch(0, observationsOf(3000, 2, 0), 0);
    await writer.close();
    const part = layout.part(folder, 0, 0);
    const rewrite = (rest: string) =>
      withDatabase({}, async (database) => {
        await database.run(`CREATE TABLE t AS FROM '${part}'`);
        await database.run(`COPY (FROM t ${rest}) TO '${part}' (FORMAT parquet)`);
      });
    const run = await openRun(folder);
    await rewrite("ORDER BY row DESC");
    await expect(wholeEpoch(run.readEpoch(0))).rejects.toThrow("row 2999 stands where 0 belongs");
    await rewrite("WHERE row < 2500 ORDER BY row");
    await expect(wholeEpoch(run.readEpoch(0))).rejects.toThrow("has 2500 of 3000 rows");
  });
});

describe("createRun and resumeRun", () => {
  const write = async (folder: string, epochs: number, planned = 3): Promise<void> => {
    const writer = await createRun(folder, beginning(50, 2, "all", planned));
    for (let epoch = 0; epoch < epochs; epoch++)
      await writer.writeEpoch(epoch, observationsOf(50, 2, epoch), 0);
    await writer.close();
  };

  it("makes the folders that lead there", async () => {
    const folder = join(scratchFolder(), "a", "b", "r");
    await write(folder, 1);
    expect((await openRun(folder)).epochs).toBe(1);
  });

  it("takes a path's characters as they are", async () => {
    const folder = scratchFolder();
    const odd = join(folder, "it's [1] a*b? %20 ü");
    await write(odd, 1);
    // What the odd name would match as a pattern.
    await write(join(folder, "it's 1 aXb! %20 ü"), 2);
    rmSync(layout.part(join(folder, "it's 1 aXb! %20 ü"), 0, 0));
    const chunks = await wholeEpoch((await openRun(odd)).readEpoch(0));
    expect(joined(chunks, "loss")).toEqual([...(observationsOf(50, 2, 0).loss ?? [])]);
  });

  it("leaves alone what is not a run", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "thesis.docx"), "years of work");
    mkdirSync(join(folder, "other"));
    writeFileSync(join(folder, "other", "run.json"), '{"mine": true}');
    mkdirSync(join(folder, "models", "model"), { recursive: true });
    mkdirSync(join(folder, "models", ".tmp"));
    for (const overwrite of [false, true]) {
      await expect(createRun(folder, beginning(5), { overwrite })).rejects.toThrow(
        `${folder}: exists and is not a run, but holds something else, "models"; give another -o`,
      );
      await expect(createRun(join(folder, "other"), beginning(5), { overwrite })).rejects.toThrow(
        '"run.json"',
      );
      // A folder of a common name does not make a run.
      await expect(createRun(join(folder, "models"), beginning(5), { overwrite })).rejects.toThrow(
        /holds something else, "(model|\.tmp)"/,
      );
      const file = join(folder, "thesis.docx");
      await expect(createRun(file, beginning(5), { overwrite })).rejects.toThrow(
        `${file}: is a file, not a folder; give another -o`,
      );
    }
    expect(readFileSync(join(folder, "thesis.docx"), "utf8")).toBe("years of work");
    expect(readdirSync(folder)).toEqual(["models", "other", "thesis.docx"]);
    expect(readdirSync(join(folder, "models"))).toEqual([".tmp", "model"]);
  });

  it("says what to do about a run that is there, and overwrites it when told", async () => {
    const folder = join(scratchFolder(), "r");
    await write(folder, 1);
    await expect(createRun(folder, beginning(50))).rejects.toThrow(
      `${folder}: holds a run that has finished 1 of 3 epochs; go on with --resume ${folder}, or give another -o, or --overwrite`,
    );
    const resumed = await resumeRun(folder);
    for (const epoch of [1, 2]) await resumed.writeEpoch(epoch, observationsOf(50, 2, epoch), 0);
    await resumed.close();
    await expect(createRun(folder, beginning(50))).rejects.toThrow(
      `${folder}: holds a run already; give another -o, or --overwrite to replace it`,
    );
    writeFileSync(join(folder, "notes.txt"), "mine");
    const again = await createRun(folder, beginning(20), { overwrite: true });
    expect(readdirSync(folder).sort()).toEqual([".lock", ".tmp", "notes.txt"]);
    await again.close();
  });

  it("never overwrites verdicts", async () => {
    const folder = join(scratchFolder(), "r");
    await write(folder, 3);
    writeFileSync(layout.verdicts(folder), '{"id":"a"}\n');
    await expect(createRun(folder, beginning(50), { overwrite: true })).rejects.toThrow(
      "holds verdicts of a review",
    );
    expect((await openRun(folder)).epochs).toBe(3);
  });

  it("begins again where a writer was stopped before anything stood", async () => {
    const folder = join(scratchFolder(), "r");
    // Marked, locked, and killed: what a writer's first moments leave.
    await markBegun(folder);
    writeFileSync(join(layout.scratch(folder), "examples.parquet.1234"), "half");
    writeFileSync(join(folder, "notes.txt"), "mine");
    writeFileSync(layout.examples(folder), "whole, but not named yet");
    await expect(resumeRun(folder)).rejects.toThrow(
      `${folder}: was stopped before anything was finished, there is nothing to resume; give the command again without --resume`,
    );
    await write(folder, 2);
    expect(Object.keys((await openRun(folder)).manifest.checksums)).toHaveLength(2);
    expect(readdirSync(folder).sort()).toEqual(["dynamics", "notes.txt", "run.json"]);
  });

  it("begins where a writer was killed before it could mark the folder as its own", async () => {
    const folder = join(scratchFolder(), "r");
    mkdirSync(layout.scratch(folder), { recursive: true });
    await write(folder, 1);
    expect(readdirSync(folder).sort()).toEqual(["dynamics", "run.json"]);
  });

  it("clears what a killed writer left, and nothing else", async () => {
    const folder = join(scratchFolder(), "r");
    await write(folder, 1);
    const before = fingerprint(folder);
    for (const place of [
      layout.epoch(folder, 1),
      layout.state(folder, 1),
      layout.model(folder),
      layout.tests(folder),
      join(layout.scratch(folder), "dynamics-epoch=2.1234"),
    ]) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "part-0.parquet"), "left over");
    }
    writeFileSync(layout.map(folder), "left over");
    writeFileSync(layout.verdicts(folder), "mine");
    await (await resumeRun(folder)).close();
    expect(fingerprint(folder)).toEqual({ ...before, "verdicts.jsonl": expect.any(String) as string });
  });

  it("lets the planned epochs grow, not shrink", async () => {
    const folder = join(scratchFolder(), "r");
    await write(folder, 3);
    await expect(resumeRun(folder, { plannedEpochs: 2 })).rejects.toThrow(
      `${folder}: planned for 3 epochs, and --epochs can only grow, 2; leave --epochs out`,
    );
    const writer = await resumeRun(folder, { plannedEpochs: 4 });
    await writer.writeEpoch(3, observationsOf(50, 2, 3), 0);
    await writer.close();
    await write(join(folder, "..", "straight"), 4, 4);
    expect(fingerprint(folder)).toEqual(fingerprint(join(folder, "..", "straight")));
  });

  it("refuses to resume where there is no run", async () => {
    const folder = join(scratchFolder(), "none");
    await expect(resumeRun(folder)).rejects.toThrow(`${folder}: no such folder`);
    expect(existsSync(folder)).toBe(false);
  });

  it("changes what a patch names, and no more", async () => {
    const folder = join(scratchFolder(), "r");
    await write(folder, 1);
    const writer = await resumeRun(folder);
    await Promise.all([
      writer.setManifest({ protocol: "unknown" }),
      writer.setManifest({ epochs: { planned: 1 } }),
      writer.publishFile(layout.map(folder), async (path) => writeFileSync(path, "map")),
    ]);
    await writer.close();
    const { manifest } = await openRun(folder);
    expect(manifest.protocol).toBe("unknown");
    expect(manifest.epochs).toEqual({ planned: 1, finished: 1 });
    expect(Object.keys(manifest.checksums)).toContain("map.parquet");
  });
});
