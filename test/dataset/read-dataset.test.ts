import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import type { Dataset } from "../../src/dataset/dataset.js";
import { readDataset } from "../../src/dataset/read-dataset.js";
import type { ReadOptions } from "../../src/dataset/read-options.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dataset-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const texts = ["a good film", "1.10", "NA", 'say "hi", then\ngo', ""];
const labels = ["pos", "neg", "pos", "neg", "pos"];
const ids = ["4734364258184", "9007199254740993", "ü-1", "x,y", "018f"];
const rows = texts.map((text, i) => ({ id: ids[i] ?? "", text, label: labels[i] ?? "" }));
const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const csv = `id,text,label\r\n${rows.map((row) => [row.id, row.text, row.label].map(quote).join(",")).join("\r\n")}\r\n`;

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function read(paths: string | string[], options: ReadOptions = {}): Promise<Dataset> {
  const dataset = await readDataset(paths, options);
  dataset.close();
  return dataset;
}

function textsOf({ input }: Dataset): readonly string[] {
  return input.kind === "features" ? [] : input.text;
}

async function parquet(name: string): Promise<string> {
  const source = await file(`${name}.source.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n"));
  const path = join(folder, name);
  await withDatabase({}, (database) =>
    database.run(
      `COPY (SELECT * FROM read_json(${literal(source)}, columns = {id: 'VARCHAR', text: 'VARCHAR', label: 'VARCHAR'})) TO ${literal(path)}`,
    ),
  );
  return path;
}

const arrow = (format: "file" | "stream"): Uint8Array =>
  tableToIPC(tableFromArrays({ id: ids, text: texts, label: labels }), { format }) ?? new Uint8Array();

describe("formats: the same examples from each", () => {
  it.each<[string, () => Promise<string>]>([
    ["CSV with CRLF, quotes and line breaks", () => file("a.csv", csv)],
    ["CSV with a byte order mark", () => file("bom.csv", `\ufeff${csv}`)],
    ["gzipped CSV", () => file("b.csv.gz", gzipSync(csv))],
    ["gzip without its name", () => file("c.csv", gzipSync(csv))],
    ["TSV", () => file("d.tsv", csv.replaceAll('","', '"\t"').replace("id,text,label", "id\ttext\tlabel"))],
    ["JSON lines", () => file("e.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"))],
    [
      "JSON lines under the name of JSON",
      () => file("f.json", rows.map((row) => JSON.stringify(row)).join("\n")),
    ],
    ["a JSON array", () => file("g.json", JSON.stringify(rows, null, 2))],
    [
      "an object keyed by id",
      () => file("h.json", JSON.stringify(Object.fromEntries(rows.map(({ id, ...row }) => [`k${id}`, row])))),
    ],
    ["Parquet", () => parquet("i.parquet")],
    ["an Arrow file", () => file("j.arrow", arrow("file"))],
    ["an Arrow stream", () => file("k.arrows", arrow("stream"))],
    ["a gzipped Arrow file", () => file("l.arrow.gz", gzipSync(arrow("file")))],
  ])("%s", async (name, make) => {
    const dataset = await read(await make());
    expect(textsOf(dataset)).toEqual(texts);
    expect(dataset.labelNames).toEqual(["neg", "pos"]);
    expect([...dataset.gold]).toEqual([1, 0, 1, 0, 1]);
    expect(dataset.ids).toEqual(name.includes("keyed") ? ids.map((id) => `k${id}`) : ids);
  });

  it("reads a folder that datasets saved, labels by their names", async () => {
    const path = join(folder, "saved");
    await mkdir(path);
    const table = tableFromArrays({ text: ["x", "y", "z"], label: Int32Array.of(1, 0, 1) });
    await writeFile(join(path, "data-00000-of-00001.arrow"), tableToIPC(table, { format: "stream" }) ?? "");
    await writeFile(
      join(path, "state.json"),
      JSON.stringify({ _data_files: [{ filename: "data-00000-of-00001.arrow" }] }),
    );
    const features = {
      text: { dtype: "string", _type: "Value" },
      label: { names: ["zebra", "ant"], _type: "ClassLabel" },
    };
    await writeFile(join(path, "dataset_info.json"), JSON.stringify({ features }));
    const dataset = await read(path, { text: "text" });
    expect(dataset.labelNames).toEqual(["zebra", "ant"]);
    expect([...dataset.gold]).toEqual([1, 0, 1]);
  });

  it("reads several files and globs in order, and numbers rows across them", async () => {
    const paths = [
      await file("part-1.csv", "text,label\nfirst,a\n"),
      await file("part-2.csv", "text,label\nsecond,b\n"),
    ];
    for (const given of [paths, [join(folder, "part-*.csv")]]) {
      const dataset = await read(given, { text: "text", label: "label" });
      expect([textsOf(dataset), dataset.ids, dataset.sources.length]).toEqual([
        ["first", "second"],
        ["0", "1"],
        2,
      ]);
    }
  });

  it("reads standard input", () => {
    const script = `import { readDataset } from ${JSON.stringify(new URL("../../dist/dataset/read-dataset.js", import.meta.url).href)};
      const d = await readDataset("-"); console.log(d.size, d.ids.join("|")); d.close();`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      input: csv,
      encoding: "utf8",
    });
    expect(out.trim()).toBe(`5 ${ids.join("|")}`);
  });

  it("reads other encodings and delimiters, and files without a header", async () => {
    const latin = await file("latin.csv", Buffer.from("text,label\ncafé,a\nthé,b\n", "latin1"));
    expect(textsOf(await read(latin, { encoding: "latin-1", text: "text" }))).toEqual(["café", "thé"]);
    const wide = await file("wide.csv", Buffer.from("\ufefftext;label\nçok;a\niyi;b\n", "utf16le"));
    expect(textsOf(await read(wide, { encoding: "utf-16", delimiter: ";", text: "text" }))).toEqual([
      "çok",
      "iyi",
    ]);
    const bare = await file("bare.tsv", 'a "quoted\tx\nb\ty\n');
    const dataset = await read(bare, { header: false, quotes: false, text: "column0", label: "column1" });
    expect(textsOf(dataset)).toEqual(['a "quoted', "b"]);
  });
});

describe("roles", () => {
  it("reaches nested fields, and takes the rows that an expression selects", async () => {
    const path = await file(
      "nested.jsonl",
      [1, 2, 3, 4]
        .map((n) =>
          JSON.stringify({
            example: { premise: `p${n}`, hypothesis: `h${n}` },
            gold: n % 2,
            split: n > 1 ? "a" : "b",
          }),
        )
        .join("\n"),
    );
    const dataset = await read(path, {
      text: "example.premise",
      textPair: "example.hypothesis",
      label: "gold",
      where: "split = 'a'",
    });
    expect(dataset.input).toEqual({ kind: "pair", text: ["p2", "p3", "p4"], pair: ["h2", "h3", "h4"] });
    expect(dataset.labelNames).toEqual(["0", "1"]);
  });

  it.each([
    [
      "sentimnt = 'pos'",
      /^--where: there is no column "sentimnt", "sentimnt = 'pos'"; did you mean sentiment\? there are text, sentiment$/,
    ],
    [
      'sentiment = "pos"',
      /there is no column "pos", .*; there are text, sentiment, or 'pos' in single quotes where it is a text$/,
    ],
    ["text = 'a' AND nope.x > 1", /there is no column "nope"/],
    ["(text = 'a'", /^--where: syntax error .*"\(text = 'a'"; write it as SQL/],
    ["frob(text)", /Scalar Function with name frob does not exist/],
  ])("says what is wrong with --where %s", async (where, message) => {
    const path = await file("where.csv", "text,sentiment\na,pos\nb,neg\n");
    const error = await read(path, { where }).catch((cause: unknown) => cause as Error);
    expect((error as Error).message).toMatch(message);
  });

  it("reads choices by text, by column, and by number", async () => {
    const line = (answer: string): string =>
      JSON.stringify({ sentence: "the _ ran", option1: "cat", option2: "dog", answer });
    const path = await file("choices.jsonl", [line("cat"), line("option2"), line("2"), line("1")].join("\n"));
    const options = { text: "sentence", choices: ["option1", "option2"], label: "answer" };
    expect([...(await read(path, options)).gold]).toEqual([0, 1, 1, 0]);
    await expect(read(path, { ...options, choiceBase: 0 })).rejects.toThrow(
      /row 2: the label is none of the choices, "2"/,
    );
    const twice = await file(
      "twice.jsonl",
      JSON.stringify({ sentence: "_", option1: "2", option2: "5", answer: "2" }),
    );
    await expect(read(twice, options)).rejects.toThrow(/the label names several choices, "2"/);
  });

  it.each<[string, object[], ReadOptions, number[]]>([
    ["a list of labels", [{ v: ["a", "b", "a"] }, { v: ["b"] }], { votes: ["v"] }, [2, 1, 0, 1]],
    ["labels with commas", [{ v: "a,b,b" }, { v: "a" }], { votes: ["v"] }, [1, 2, 1, 0]],
    [
      "a column an annotator",
      [
        { v: "a", w: "b" },
        { v: "a", w: null },
      ],
      { votes: ["v", "w"] },
      [1, 1, 1, 0],
    ],
    ["counts by label", [{ v: { a: 3, b: 1 } }, { v: { a: 0, b: 2 } }], { votes: ["v"] }, [3, 1, 0, 2]],
    ["bare counts", [{ v: [5, 1] }, { v: [0, 9] }], { votes: ["v"], voteLabels: ["b", "a"] }, [5, 1, 0, 9]],
  ])("reads votes as %s", async (name, votes, options, counts) => {
    const lines = votes.map((vote, i) => JSON.stringify({ text: `t${i}`, label: "ab"[i], ...vote }));
    const dataset = await read(await file(`votes ${name}.jsonl`, lines.join("\n")), {
      text: "text",
      label: "label",
      ...options,
    });
    expect([...(dataset.votes?.counts ?? [])]).toEqual(counts);
  });

  it("parses numbers for features only, and marks what is missing", async () => {
    const path = await file("features.csv", "p1,p2,kind,y\n1.5,,red,a\n?,2,blue,b\n-3e2,7,,a\n");
    const { input } = await read(path, { features: ["p*", "kind"], label: "y" });
    expect(input).toEqual({
      kind: "features",
      columns: [
        { name: "p1", kind: "numeric", values: Float64Array.of(1.5, NaN, -300) },
        { name: "p2", kind: "numeric", values: Float64Array.of(NaN, 2, 7) },
        { name: "kind", kind: "categorical", values: ["red", "blue", null] },
      ],
    });
  });

  it("says which columns it took", async () => {
    const said: string[] = [];
    const effects = {
      log: (line: string) => void said.push(line),
      warn: () => undefined,
      progress: () => ({ update: () => undefined, end: () => undefined }),
    };
    await read(await file("took.csv", "review,stars\nfine film,5\nbad film,1\n"), {
      label: "stars",
      effects,
    });
    expect(said).toEqual(['took.csv: took column "review" as the text; say otherwise with --text']);
  });

  it("sorts labels that are numbers as numbers, or takes the given order", async () => {
    const path = await file("numbers.csv", "text,label\na,10\nb,9\nc,10\n");
    expect((await read(path)).labelNames).toEqual(["9", "10"]);
    expect((await read(path, { labels: ["10", "9", "8"] })).labelNames).toEqual(["10", "9", "8"]);
  });
});

describe("bad input, each in one line", () => {
  const cases: [string, string | Uint8Array, ReadOptions, RegExp][] = [
    [
      "fewer fields",
      "text,label\na,x\nb\n",
      {},
      /line 3: 1 field, where the header has 2, "b"; mend the line/,
    ],
    [
      "an open quote",
      'text,label\n"a,x\nb,y\n',
      {},
      /line 2: a quotation mark opens or closes a field in the wrong place/,
    ],
    [
      "an open quote in the header",
      '"text,label\na,x\n',
      {},
      /line 1: a quotation mark opens a field that does not end/,
    ],
    ["no label at all", "text,label\na,\nb,\n", {}, /no row has a label; name the label's column/],
    [
      "a label twice in --labels",
      "text,label\na,x\nb,y\n",
      { labels: ["x", "x", "y"] },
      /names a label twice/,
    ],
    ["an id that is missing", "id,text,label\n1,a,x\n,b,y\n", { id: "id" }, /row 1: no id in "id"/],
    [
      "infinite features",
      "f,label\n1,x\n1e999,y\n",
      { features: ["f"], label: "label" },
      /row 1: feature "f" is not finite, "1e999"/,
    ],
    [
      "an empty feature column",
      "f,label\n,x\n?,y\n",
      { features: ["f"], label: "label" },
      /feature column "f" is empty/,
    ],
    [
      "features and text",
      "f,label\n1,x\n2,y\n",
      { features: ["f"], text: "f" },
      /--features: cannot be combined/,
    ],
    [
      "a pattern without match",
      "f,label\n1,x\n2,y\n",
      { features: ["g*"], label: "label" },
      /--features matches no column, "g\*"; there are f, label/,
    ],
    [
      "one column of choices",
      "text,a,label\nt,x,x\n",
      { text: "text", choices: ["a"], label: "label" },
      /--choices needs two columns, or one that holds lists/,
    ],
    [
      "a preset of another layout",
      "not trec\n",
      { preset: "trec" },
      /line 1: not COARSE:fine and a question/,
    ],
  ];
  it.each(cases)("%s", async (name, content, options, message) => {
    const problem = await read(await file(`bad ${name}.csv`, content), options).catch(
      (error: unknown) => error as Error,
    );
    expect(problem).toBeInstanceOf(Error);
    expect((problem as Error).message).toMatch(message);
    expect((problem as Error).message).not.toMatch(/\n|read_csv|duckdb/i);
  });

  it("the same file twice, files of other columns, and a glob without match", async () => {
    const one = await file("same.csv", "text,label\na,x\nb,y\n");
    const other = await file("other.csv", "text,class\na,x\n");
    await expect(read([one, one])).rejects.toThrow(/same\.csv: named twice/);
    await expect(read([one, other])).rejects.toThrow(
      /other\.csv: has other columns than the file before it, "text, class"/,
    );
    await expect(read(join(folder, "none-*.csv"))).rejects.toThrow(/matches no file/);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "no permission, as another user" + (process.getuid?.() === 0 ? "" : " [skipped: needs root]"),
    async () => {
      const path = await file("secret.csv", csv);
      await chmod(path, 0o600);
      await chmod(folder, 0o755);
      const script = `import { readDataset } from ${JSON.stringify(new URL("../../dist/dataset/read-dataset.js", import.meta.url).href)};
      await readDataset(${JSON.stringify(path)}).catch((error) => console.log(error.message));`;
      const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        uid: 65534,
        gid: 65534,
        encoding: "utf8",
        env: { ...process.env, TMPDIR: "/tmp" },
      });
      expect(out.trim()).toBe(`${path}: no permission to read it; ask its owner, or change its mode`);
    },
  );

  it("leaves no temporary folder behind", async () => {
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith("alidade-"));
    await read(await file("tidy.csv", csv));
    await read(await file("untidy.csv", "text,label\na\n")).catch(() => undefined);
    const after = (await readdir(tmpdir())).filter(
      (name) => name.startsWith("alidade-") && !before.includes(name),
    );
    // Other test files run at the same time: only folders of this kind that hold nothing of theirs count.
    expect(after.filter((name) => /^alidade-[A-Za-z0-9]{6}$/.test(name)).length).toBeLessThanOrEqual(2);
  });
});
