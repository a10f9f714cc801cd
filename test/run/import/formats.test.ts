import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../../src/core/duckdb.js";
import { buildMap } from "../../../src/map/build-map.js";
import { importRun } from "../../../src/run/import/import-run.js";
import { datasetOf, epochOf, refusal, rowsOf, scratch } from "./support.js";

function file(name: string, content: string): string {
  const path = join(scratch(), name);
  writeFileSync(path, content);
  return path;
}

describe("tables of gold probabilities", () => {
  const table = "id,gold,epoch_0,epoch_1\nb,pos,0.25,0.75\na,neg,0.5,1\nc,neg,0,0.875\n";

  it("two labels: prediction, entropy and error norm follow", async () => {
    const out = join(scratch(), "run");
    const { manifest } = await importRun([file("p.csv", table)], { out });
    expect(manifest.dataset.labelNames).toEqual(["neg", "pos"]);
    expect(manifest.columns).toEqual([
      "gold_probability",
      "predicted",
      "predicted_probability",
      "loss",
      "entropy",
      "el2n",
    ]);
    const [first] = await epochOf(out, 0);
    expect(first).toMatchObject({ gold_probability: 0.25, predicted: 0, predicted_probability: 0.75 });
    expect(first?.["el2n"]).toBeCloseTo(Math.hypot(0.75, 0.75), 6);
    expect(first?.["entropy"]).toBeCloseTo(-0.25 * Math.log(0.25) - 0.75 * Math.log(0.75), 6);
    expect((await epochOf(out, 0))[2]?.["loss"]).toBeCloseTo(149 * Math.LN2, 4);
    await buildMap(out);
    const map = await rowsOf(join(out, "map.parquet"));
    // p = 0.5 is a tie, which is not right.
    expect(map.map((row) => [row["id"], row["confidence"], row["correct_epochs"]])).toEqual([
      ["b", 0.5, 1],
      ["a", 0.75, 1],
      ["c", 0.4375, 1],
    ]);
  });

  it("joins data by id, and takes Parquet", async () => {
    const path = join(scratch(), "p.parquet");
    await withDatabase({}, (database) =>
      database.run(
        `COPY (SELECT * FROM (VALUES (1, 0.5, 0.25), (2, 0.75, 1.0)) t(guid, e0, e1)) TO '${path}' (FORMAT parquet)`,
      ),
    );
    const data = datasetOf(["2", "1"], ["x", "y"], ["x", "y", "z"]);
    const out = join(scratch(), "run");
    const { notes, manifest } = await importRun([path], { out, data });
    expect((await epochOf(out, 1)).map((row) => row["gold_probability"])).toEqual([1, 0.25]);
    expect(manifest.columns).toEqual(["gold_probability", "loss"]);
    expect(notes.join(" ")).toContain("add --predicted");
    await buildMap(out);
    const map = await rowsOf(join(out, "map.parquet"));
    expect(map.map((row) => row["correctness"])).toEqual([null, null]);
  });

  it("a second table says what was predicted", async () => {
    const path = file("p.csv", "id,gold,0,1\na,x,0.4,0.3\nb,z,0.4,0.6\n");
    const predicted = file("q.csv", "id,0,1\nb,z,z\na,y,x\n");
    const out = join(scratch(), "run");
    await importRun([path], { out, predicted, labelNames: ["x", "y", "z"] });
    await buildMap(out);
    const map = await rowsOf(join(out, "map.parquet"));
    expect(map.map((row) => row["correct_epochs"])).toEqual([1, 2]);
  });

  it("rows without ids or header are numbered; a column that is no epoch is left out and named", async () => {
    const out = join(scratch(), "run");
    await importRun([file("p.csv", "0.5,0.25\n0.75,1\n")], { out });
    expect((await rowsOf(join(out, "examples.parquet"))).map((row) => row["id"])).toEqual(["0", "1"]);
    const { notes } = await importRun([file("p.csv", "text,p0,p1\nx,0.5,0.25\n")], {
      out: join(scratch(), "run"),
    });
    expect(notes).toContain("Ignored columns: text.");
  });

  it.each<[string, string, string]>([
    ["text", "id,p0\na,0.5\nb,high\n", 'p.csv, row 2 ("b"): not a number in column "p0", "high"'],
    ["above 1", "id,p0\na,1.5\n", 'row 1 ("a"): not a probability in column "p0", "1.5"'],
    ["below 0", "id,p0\na,-0.5\n", 'row 1 ("a"): not a probability'],
    ["NaN", "id,p0\na,nan\n", 'row 1 ("a"): not a probability in column "p0", "nan"'],
    ["missing", "id,p0,p1\na,0.5,\n", 'row 1 ("a"): no probability in column "p1"'],
    ["a gap", "id,p0,p1,p3\na,0.5,0.5,0.5\n", "epoch 2 is missing"],
    ["duplicate ids", "id,p0\na,0.5\na,0.25\n", 'ids stand in more than one row: 1 example ("a")'],
    ["no id", "id,p0\na,0.5\n,0.25\n", "row 2: has no id"],
    ["no columns", "id\na\nb\n", "has no column of probabilities"],
    ["no rows", "id,p0\n", "has no rows"],
    ["ragged", "id,p0,p1\na,0.5,0.5\nb,0.5,0.5,0.5,0.5\n", "cannot be read"],
  ])("refuses %s", async (_, content, message) => {
    expect(await refusal([file("p.csv", content)])).toContain(message);
  });

  it("refuses predictions that do not fit", async () => {
    const path = file("p.csv", table);
    const other = async (content: string): Promise<string> =>
      await refusal([path], { predicted: file("q.csv", content) });
    expect(await other("id,e0\na,neg\nb,neg\nc,neg\n")).toContain("1 epochs, but");
    expect(await other("id,e0,e1\na,neg,neg\n")).toContain("1 rows, but");
    expect(await other("id,e0,e1\na,neg,neg\nb,neg,neg\nx,neg,neg\n")).toContain("lacks an example of");
    expect(await other("id,e0,e1\na,neg,neg\nb,neg,nah\nc,neg,neg\n")).toContain(
      'row 2, column "e1": not one of the labels, "nah"',
    );
    const bare = file("p.csv", "id,p0\na,0.5\n");
    expect(await refusal([bare], { predicted: path })).toContain("only where gold labels are known");
  });
});

describe("AUM's records", () => {
  const head = "sample_id,num_measurements,target_logit,target_val,other_logit,other_val,margin,aum\n";
  const three = `${head}a,1,0.5,0,1.5,2,-1,-1\na,2,2,0,0.5,1,1.5,0.25\nb,1,1,2,1,0,0,0\nb,2,3,2,1,0,2,1\n`;

  it("three labels: margin and correctness, and no confidence", async () => {
    const out = join(scratch(), "run");
    const { manifest, notes } = await importRun([file("full_aum_records.csv", three)], { out });
    expect(manifest).toMatchObject({
      imported: { format: "aum" },
      columns: ["predicted", "margin"],
      logits: "none",
    });
    expect(notes.join(" ")).toContain("no confidence");
    expect(await epochOf(out, 0)).toEqual([
      { row: 0, predicted: 2, margin: -1 },
      { row: 1, predicted: 0, margin: 0 },
    ]);
    await buildMap(out);
    const map = await rowsOf(join(out, "map.parquet"));
    expect(map.map((row) => [row["label"], row["margin"], row["correct_epochs"], row["confidence"]])).toEqual(
      [
        ["0", 0.25, 1, null],
        ["2", 1, 1, null],
      ],
    );
  });

  it("two labels: the logits themselves", async () => {
    const two = `${head}7,1,0.5,0,1.5,1,-1,-1\n8,1,1,1,-1,0,2,2\n`;
    const out = join(scratch(), "run");
    const { manifest } = await importRun([file("a.csv", two)], { out });
    expect(manifest.logits).toBe("all");
    const rows = await epochOf(out, 0);
    expect(rows.map((row) => row["logits"])).toEqual([
      [0.5, 1.5],
      [-1, 1],
    ]);
    expect(rows[1]?.["gold_probability"]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  });

  it("takes values and classes the other way about, as its manual shows them", async () => {
    const turned = `${head}a,1,0,3.5,2,2.5,1,1\nb,1,1,-0.5,0,3,-3.5,-3.5\n`;
    const out = join(scratch(), "run");
    await importRun([file("a.csv", turned)], { out });
    expect(await epochOf(out, 0)).toEqual([
      { row: 0, predicted: 0, margin: 1 },
      { row: 1, predicted: 0, margin: -3.5 },
    ]);
  });

  it("joins data by id", async () => {
    const out = join(scratch(), "run");
    const data = datasetOf(["b", "a"], ["z", "x"], ["x", "y", "z"]);
    await importRun([file("a.csv", three)], { out, data });
    expect((await epochOf(out, 1)).map((row) => row["margin"])).toEqual([2, 1.5]);
  });

  it.each<[string, string, string]>([
    [
      "a sample missing in one measurement",
      three.replace("b,2,3,2,1,0,2,1\n", ""),
      "1 samples lack a measurement",
    ],
    ["a sample twice", `${three}b,2,3,2,1,0,2,1\n`, 'stands twice in a measurement, "b"'],
    [
      "a class that changes",
      three.replace("b,2,3,2,", "b,2,3,1,"),
      "the class of a sample changes between measurements, from 1 to 2",
    ],
    [
      "a margin that is another",
      three.replace("a,2,2,0,0.5,1,1.5", "a,2,2,0,0.5,1,9"),
      "row 2: margin is not the target's value minus the other's",
    ],
    ["NaN", three.replace("a,1,0.5", "a,1,nan"), 'row 1: not finite in target_logit, "nan"'],
    ["text", three.replace("a,1,0.5", "a,1,x"), 'row 1: not a number in target_logit, "x"'],
    ["no id", three.replace("a,1", ",1"), "row 1: has no sample_id"],
    ["a column missing", three.replace("other_val", "else"), "has no column other_val"],
    ["only the final values", "sample_id,aum\na,1\n", "AUM's final values, without any epoch"],
  ])("refuses %s", async (_, content, message) => {
    expect(await refusal([file("a.csv", content)])).toContain(message);
  });
});

describe("coordinates files", () => {
  const lines = [
    { guid: "b", index: 1, confidence: 0.5, variability: 0.25, correctness: 2, forgetfulness: 1 },
    { guid: "a", index: 0, confidence: 0.25, variability: 0, correctness: 0, forgetfulness: 1000 },
  ];
  const jsonl = (items: readonly object[]): string =>
    items.map((item) => `${JSON.stringify(item)}\n`).join("");

  it("keeps what the file says, and no more", async () => {
    const out = join(scratch(), "run");
    const data = datasetOf(["a", "b"], ["x", "y"], ["x", "y"]);
    await importRun([file("c.jsonl", jsonl(lines))], { out, totalEpochs: 4, data });
    expect(await rowsOf(join(out, "coordinates.parquet"))).toMatchObject([
      {
        row: 0,
        id: "a",
        confidence: 0.25,
        correctness: 0,
        correct_epochs: 0,
        learned: false,
        forgetting: null,
        label: "x",
      },
      {
        row: 1,
        id: "b",
        confidence: 0.5,
        correctness: 0.5,
        correct_epochs: 2,
        learned: true,
        forgetting: 1,
        label: "y",
      },
    ]);
    expect((await rowsOf(join(out, "examples.parquet"))).map((row) => row["source_index"])).toEqual([0, 1]);
    await buildMap(out);
    const map = await rowsOf(join(out, "map.parquet"));
    expect(map.map((row) => [row["id"], row["region"], row["margin"]])).toEqual([
      ["a", "hard-to-learn", null],
      ["b", "ambiguous", null],
    ]);
  });

  it.each<[string, object[], string]>([
    ["a duplicate", [...lines, ...lines.slice(1)], 'ids stand in more than one row: 1 example ("a")'],
    ["confidence above 1", [{ ...lines[0], confidence: 1.5 }], 'row 1: not a confidence from 0 to 1, "1.5"'],
    [
      "no variability",
      [{ guid: 1, confidence: 0.5, variability: null, correctness: 1 }],
      "row 1: not a variability",
    ],
    ["a share", [{ ...lines[0], correctness: 0.5 }], "correctness is not a number of epochs"],
    ["nothing right", [{ ...lines[1] }], "give --total-epochs"],
    ["something else", [{ a: 1 }], "neither dynamics nor a table"],
  ])("refuses %s", async (_, items, message) => {
    expect(await refusal([file("c.jsonl", jsonl(items))])).toContain(message);
  });

  it("refuses fewer epochs than were right, and two files", async () => {
    const path = file("c.jsonl", jsonl(lines));
    expect(await refusal([path], { totalEpochs: 1 })).toContain("more than the 1 epochs");
    expect(await refusal([path, path])).toContain("coordinates are one file");
    expect(await refusal([path], { totalEpochs: 0 })).toContain("not a whole number above 0");
    expect(await refusal([file("x.jsonl", "")])).toContain("is empty");
    expect(await refusal([])).toContain("no path was given");
  });
});
