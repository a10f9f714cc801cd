/** `alidade noise inject` as a user runs it: what it writes reads back, and one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readDataset } from "../../../src/dataset/read-dataset.js";
import { matchTruth, readTruth } from "../../../src/diagnose/noise/truth.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-noise-"));
  const lines = Array.from({ length: 90 }, (_, i) => {
    const text = `${["good", "bad", "odd"][i % 3]} film, number ${i}`;
    return `x${i},"${text}",${["yes", "no", "maybe"][i % 3]}`;
  });
  await writeFile(join(folder, "data.csv"), `name,review,label\n${lines.join("\n")}\n`);
  await writeFile(
    join(folder, "other.csv"),
    `review,label\n${lines.map((line) => line.replace(/^\w+,/, "")).join("\n")}\n`,
  );
  await writeFile(join(folder, "matrix.csv"), "label,yes,no,maybe\nyes,.8,.2,0\nno,0,1,0\nmaybe,0,.5,.5\n");
  await writeFile(join(folder, "small.csv"), "label,yes,no\nyes,.8,.2\nno,0,1\n");
  await writeFile(join(folder, "sums.csv"), "label,yes,no,maybe\nyes,.8,.1,0\nno,0,1,0\nmaybe,0,.5,.5\n");
  await writeFile(join(folder, "ids.txt"), "x1\nx2\nx3\nx4\n");
  await writeFile(join(folder, "strangers.txt"), "x1\nnobody\n");
  const made = await cli("map data.csv --id name -o run --epochs 3 --threads 1");
  expect(made.code, made.stderr).toBe(0);
  await cli("map other.csv --text review -o other --epochs 1 --threads 1");
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  ["--rate 0.1", 9],
  ["--rate 0.1 --from easy-to-learn --run run", 9],
  ["--rate 0.1 --how confusion --run run", 9],
  ["--rate 0.5 --rate-of region --from ids.txt", 2],
  ["--matrix matrix.csv", 21],
  ["--rate 0.05 --how matrix --matrix matrix.csv", 4],
  ["--rate 0", 0],
])("%s writes a file whose labels differ where the truth says, and nowhere else", async (options, flips) => {
  const { code, stderr } = await cli(`noise inject data.csv --id name ${options} -o noisy.csv`);
  expect(code, stderr).toBe(0);
  const [clean, noisy] = await Promise.all(
    ["data.csv", "noisy.csv"].map((file) =>
      readDataset(join(folder, file), { id: "name", labels: ["maybe", "no", "yes"] }),
    ),
  );
  const truth = await readTruth(join(folder, "noisy.truth.json"));
  expect(truth.flips.length).toBe(flips);
  expect(noisy!.input).toEqual(clean!.input);
  expect([...matchTruth(truth, noisy!, "truth").trueLabel]).toEqual([...clean!.gold]);
  clean!.close();
  noisy!.close();
});

it.each(["tsv", "jsonl", "parquet", "jsonl.gz", "arrow"])("writes .%s", async (extension) => {
  const { code, stdout } = await cli(`noise inject data.csv --rate 0.1 -o noisy.${extension} --json`);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ flipped: 9, written: { truth: "noisy.truth.json" } });
  const read = await readDataset(join(folder, `noisy.${extension}`), { text: "review", label: "label" });
  expect(read.size).toBe(90);
  read.close();
});

it("keeps the form of a choice's label: its text, its column's name, its number", async () => {
  const rows = ["a film,good,bad,good", "a play,fine,poor,option2", "a book,dull,fun,1"];
  await writeFile(join(folder, "choices.csv"), `s,option1,option2,answer\n${rows.join("\n")}\n`);
  const options = "--text s --choices option1,option2 --label answer";
  expect((await cli(`noise inject choices.csv ${options} --rate 0.99 -o c.csv`)).code).toBe(0);
  expect(
    (await readFile(join(folder, "c.csv"), "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[3]),
  ).toEqual(
    await Promise.all(
      [0, 1, 2].map(async (row) => {
        const { flips } = await readTruth(join(folder, "c.truth.json"));
        const was = ["good", "option2", "1"][row]!;
        return flips.some(({ id }) => id === String(row)) ? ["bad", "option1", "2"][row]! : was;
      }),
    ),
  );
});

it.each([
  ["--rate 0.1", "alidade noise inject: does not know where to write"],
  ["-o noisy2.csv", "alidade noise inject: does not know how many labels to flip"],
  ["--rate 1 -o noisy2.csv", "--rate: out of range, 1"],
  ["--rate -0.1 -o noisy2.csv", "--rate: out of range, -0.1"],
  ["--rate many -o noisy2.csv", '--rate: not a number, "many"'],
  ["--rate 0.1 -o noisy2.doc", "noisy2.doc: not a format"],
  ["--rate 0.1 -o data.csv", "data.csv: is the file that is read, and would be replaced"],
  ["--rate 0.1 --from easy-to-learn -o noisy2.csv", "--from easy-to-learn: needs a run of this file"],
  ["--rate 0.1 --how confusion -o noisy2.csv", "--how confusion: needs a run of this file"],
  ["--rate 0.1 --run run -o noisy2.csv", "--run: is not needed"],
  ["--rate 0.1 --rate-of region -o noisy2.csv", "--rate-of region: needs a region"],
  ["--rate 0.1 --how matrix -o noisy2.csv", "--how matrix: needs the matrix"],
  ["--rate 0.1 --how uniform --matrix matrix.csv -o noisy2.csv", "--matrix: goes with --how matrix"],
  ["--matrix small.csv -o noisy2.csv", "small.csv: is 2 x 2, and there are 3 labels"],
  ["--matrix sums.csv -o noisy2.csv", 'sums.csv, row "yes": does not sum to 1'],
  ["--rate 0.1 --from nobody.txt -o noisy2.csv", "nobody.txt: cannot be read"],
  [
    "--rate 0.1 --from strangers.txt -o noisy2.csv",
    'strangers.txt: an id that is none of data.csv, "nobody"',
  ],
  ["--rate 0.5 --from ids.txt -o noisy2.csv", "--rate: asks for 45 of 90 examples, and ids.txt has 4"],
  [
    "--rate 0.1 --from hard-to-learn --run other -o noisy2.csv",
    "other: is no run of data.csv: an id that is not there",
  ],
  ["--rate 0.1 --from hard-to-learn --run nowhere -o noisy2.csv", "nowhere"],
])("noise inject data.csv %s: one line, nothing written", async (options, message) => {
  const { code, stderr } = await cli(`noise inject data.csv --id name ${options}`);
  expect(stderr.trim().split("\n").at(-1)).toContain(message);
  expect(code).toBe(2);
  expect((await readdir(folder)).filter((name) => name.startsWith("noisy2"))).toEqual([]);
});
