/** `alidade select` as a user runs it: what it writes, and one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDataset } from "../../src/dataset/read-dataset.js";
import { runCli, words } from "../util/run-cli.js";

let folder = "";
const cli = (line: string) => runCli(words(line), { cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-select-"));
  const lines = Array.from({ length: 90 }, (_, i) => {
    const text = `${i % 3 === 0 ? "good" : i % 3 === 1 ? "bad" : `so ""so""`} film, number ${i}${i % 7 === 0 ? "\nand more" : ""}`;
    return `x${i},"${text}",${i % 2},${i % 3 === 0 ? "yes" : "no"}`;
  });
  await writeFile(join(folder, "data.csv"), `name,review text,extra,label\n${lines.join("\n")}\n`);
  const made = await cli("map data.csv --text 'review text' --id name -o run --epochs 2 --threads 1");
  expect(made.stderr + made.stdout).toContain("run run");
  const coordinates = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ guid: i, index: i, confidence: i / 20, variability: (i % 7) / 20, correctness: i % 4 }),
  );
  await writeFile(join(folder, "coordinates.jsonl"), `${coordinates.join("\n")}\n`);
  expect((await cli("import coordinates.jsonl -o imported --total-epochs 3")).code).toBe(0);
  await writeFile(join(folder, "columns.csv"), "a,b\n1,2\n");
  await writeFile(join(folder, "empty.txt"), "\n");
  await writeFile(join(folder, "unknown.txt"), "nobody\nnoone\n");
  await writeFile(join(folder, "suspects.csv"), "id,why\nx1,odd\nx2,odd\nstranger,odd\n");
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(["csv", "tsv", "jsonl", "json", "parquet", "arrow", "csv.gz", "jsonl.gz", "arrow.gz", "parquet.gz"])(
  "writes .%s, which reads back as the same examples",
  async (extension) => {
    const file = `subset.${extension}`;
    const { code, stdout } = await cli(`select run --by hard --count 30 -o ${file}`);
    expect(code).toBe(0);
    expect(stdout).toContain(`wrote ${file}`);
    const options = { text: "review text", label: "label", id: "name" };
    const [whole, part] = await Promise.all([
      readDataset(join(folder, "data.csv"), options),
      readDataset(join(folder, file), options),
    ]);
    try {
      expect(part.size).toBe(30);
      const rows = part.ids.map((id) => whole.ids.indexOf(id));
      expect(rows).toEqual([...rows].sort((a, b) => a - b));
      if (whole.input.kind !== "text" || part.input.kind !== "text") throw new Error("not texts");
      const texts = whole.input.text;
      expect(part.input.text).toEqual(rows.map((row) => texts[row]));
      expect(Array.from(part.gold, (label) => part.labelNames[label])).toEqual(
        rows.map((row) => whole.labelNames[whole.gold[row] ?? 0]),
      );
    } finally {
      whole.close();
      part.close();
    }
  },
);

it("keeps the columns, their names and order, and writes the same bytes twice", async () => {
  await cli("select run --by ambiguous --fraction 1/3 -o a.csv");
  const first = await readFile(join(folder, "a.csv"), "utf8");
  expect(first.split("\n")[0]).toBe("name,review text,extra,label");
  const recipe = await readFile(join(folder, "a.csv.recipe.json"), "utf8");
  await cli("select run --by ambiguous --fraction 1/3 -o a.csv");
  expect(await readFile(join(folder, "a.csv"), "utf8")).toBe(first);
  expect(await readFile(join(folder, "a.csv.recipe.json"), "utf8")).toBe(recipe);
  const record = JSON.parse(recipe) as Record<string, unknown>;
  expect(record).toMatchObject({
    n: 30,
    recipe: { by: "ambiguous", fraction: 1 / 3, seed: 0 },
    run: { folder: "run", dataset: "data.csv", size: 90 },
    versions: { strategies: { ambiguous: 1 } },
    command: "alidade select run --by ambiguous --fraction 1/3 -o a.csv",
  });
});

it("prints ids, in the order of taking where asked", async () => {
  const { stdout } = await cli("select run --by random --count 5 --ids --order rank");
  const ids = stdout.trim().split("\n");
  expect(ids).toHaveLength(5);
  await cli("select run --by random --count 5 --ids --order rank -o ids.txt");
  expect((await readFile(join(folder, "ids.txt"), "utf8")).trim().split("\n")).toEqual(ids);
  const rest = await cli("select run --by random --count 85 --exclude ids.txt --ids");
  expect(rest.stdout.split("\n").filter((id) => ids.includes(id))).toEqual([]);
});

it("says what was excluded, and how many ids are nobody's", async () => {
  const { stdout } = await cli("select run --by easy --count 20 --exclude suspects.csv");
  expect(stdout).toContain("2 excluded");
  expect(stdout).toContain("1 id to exclude is of no example of run");
});

it("selects from imported coordinates, and says what they lack", async () => {
  const { stdout, code } = await cli("select imported --by ambiguous --count 5 --json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ n: 5, notes: { labels: [] } });
});

describe("one line for a mistake", () => {
  it.each([
    ["run --fraction 0.1", "alidade select: does not know which examples to take first"],
    ["run --by easy", "alidade select: does not know how many to take; give one of --fraction and --count"],
    ["run --by easy --fraction 0", "--fraction: out of range, 0; give a number above 0 to 1"],
    ["run --by easy --fraction 1.5", "--fraction: out of range, 1.5"],
    ["run --by easy --fraction half", '--fraction: not a share, "half"'],
    ["run --by easy --fraction 0.1 --count 3", "--count: cannot be combined with --fraction"],
    ["run --by easy --count 91", "--count: there are only 90 examples, 91"],
    ["run --by easy --count 9 --mix hard=0.6,random=0.6", "--mix: the shares together exceed 1"],
    ["run --by easy --count 9 --mix hard", '--mix: not a name and a value, "hard"; write easy=0.1'],
    ["run --by esay --count 9", '--by: no such strategy, "esay"; did you mean easy?'],
    ["run --by easy --count 9 --within hard", '--within: unknown value, "hard"'],
    ["run --by easy --count 9 --exclude columns.csv", 'columns.csv: has no column id, "a, b"'],
    ["run --by easy --count 9 --exclude empty.txt", "empty.txt: holds no ids"],
    ["run --by easy --count 9 --exclude unknown.txt", "--exclude: none of its 2 ids is of an example of run"],
    ["run --by easy --count 9 --exclude missing.txt", "missing.txt: cannot be read"],
    ["run --by easy --count 9 --with k=3", "options of the easy strategy: unknown option"],
    [
      "run --by easy --count 9 -o subset.xlsx",
      'subset.xlsx: not a format that a subset can be written in, ".xlsx"',
    ],
    ["run --by easy --count 9 -o subset.txt", "subset.txt: a .txt file takes ids only"],
    ["run --by easy --count 9 -o nowhere/subset.csv", "nowhere/subset.csv: its folder does not exist"],
    ["run --by easy --count 9 -o data.csv", "data.csv: is a file that the run was made from"],
    ["run --by easy --count 9 -o run/map.parquet", "run/map.parquet: is a file of the run itself"],
    ["run --by easy --count 9 -o run/examples.parquet", "run/examples.parquet: is a file of the run itself"],
    ["nothing --by easy --count 9", "nothing"],
    ["imported --by entropy --count 9", "imported: has no entropy of any example"],
    ["imported --by easy --count 9 -o subset.csv", "imported: has no contents of its examples to write"],
    ["imported --by easy --count 9 --balance label", "--balance: the labels of imported are not known"],
  ])("select %s", async (line, message) => {
    const before = await readdir(folder);
    const { code, stderr, stdout } = await cli(`select ${line}`);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
    expect(await readdir(folder)).toEqual(before);
  });

  it("a run without a map", async () => {
    await rm(join(folder, "imported", "map.parquet"));
    const { code, stderr } = await cli("select imported --by easy --count 9");
    expect(stderr).toContain("there is no map; compute the map of this run");
    expect(code).toBe(2);
  });
});

it("leaves the likeliest label errors out", async () => {
  const ids = async (line: string): Promise<string[]> => (await cli(line)).stdout.trim().split("\n");
  const suspects = await ids("select run --by margin --count 9 --ids");
  const rest = await ids("select run --by random --count 81 --ids --without-suspects 0.1");
  expect(new Set([...suspects, ...rest]).size).toBe(90);
  const { code, stderr } = await cli("select run --by random --count 82 --ids --without-suspects 0.1");
  expect([code, stderr]).toEqual([2, expect.stringMatching(/81 are left to take/)]);
});
