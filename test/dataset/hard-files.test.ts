/** Files as they come from other people's programs: NULs, pipes, marks, encodings, long headers, and where a line is wrong. */

import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../src/dataset/dataset.js";
import { lineOfRecord } from "../../src/dataset/delimited-records.js";
import { readDataset } from "../../src/dataset/read-dataset.js";
import type { ReadOptions } from "../../src/dataset/read-options.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hard-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function texts(paths: string | string[], options: ReadOptions = {}): Promise<readonly string[]> {
  const dataset: Dataset = await readDataset(paths, { text: "text", label: "label", ...options });
  dataset.close();
  return dataset.input.kind === "text" ? dataset.input.text : [];
}

async function problem(path: string | string[], options: ReadOptions = {}): Promise<string> {
  const error = await texts(path, options).then(
    () => new Error("it was read"),
    (cause: unknown) => cause as Error,
  );
  expect(error.name).toBe("UserError");
  expect(error.message).not.toContain("\n");
  return error.message;
}

const many = "text,label\n" + "some text,x\nother text,y\n".repeat(20_000);
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

describe("a NUL is told by its line", () => {
  it.each<[string, string | Uint8Array, number, ReadOptions?]>([
    ["early.csv", "text,label\na,x\nb\0c,y\n", 3],
    ["late.csv", `${many}b\0c,y\n`, 40_002],
    ["late.csv.gz", gzipSync(`${many}b\0c,y\n`), 40_002],
    ["late.jsonl", `${'{"text":"a","label":"x"}\n'.repeat(9000)}{"text":"\0","label":"y"}\n`, 9001],
    ["wide.csv", utf16("\ufefftext,label\na,x\nb\0c,y\n"), 3, { encoding: "utf-16" }],
    ["latin.csv", "text,label\na,x\nb\0c,y\n", 3, { encoding: "latin-1" }],
  ])("%s", async (name, content, line, options) => {
    expect(await problem(await file(name, content), options)).toMatch(
      new RegExp(
        `${name.replaceAll(".", "\\.")}, line ${line}: holds a NUL byte, which no text has; take it out`,
      ),
    );
  });

  it("many of them are another kind of file", async () => {
    expect(await problem(await file("unsaid.csv", utf16("\ufefftext,label\na,x\n")))).toMatch(
      /unsaid\.csv: holds NUL bytes: binary, or UTF-16 text; give .*--encoding utf-16/,
    );
    expect(await problem(await file("book.xlsx", "PK\u0003\u0004\u0014\0\u0006\0"))).toMatch(
      /book\.xlsx: is a zip archive, such as an Excel workbook \(\.xlsx\), which is not read; unpack it or save it as/,
    );
  });
});

describe("pipes", () => {
  it("are read, zipped or not, and beside files", async () => {
    const plain = await file("piped.csv", "text,label\na,x\nb,y\n");
    const zipped = await file("piped.csv.gz", gzipSync("text,label\nc,x\nd,y\n"));
    const script = await file(
      "piped.mjs",
      `import { readDataset } from ${JSON.stringify(new URL("../../dist/dataset/read-dataset.js", import.meta.url).href)};
      const d = await readDataset(process.argv.slice(2), { text: "text" });
      console.log(d.input.text.join(), d.sources.map((source) => source.sha256 === null).join());
      d.close();`,
    );
    const shell = (line: string): string =>
      execFileSync("bash", ["-c", line, "-", process.execPath, script, plain, zipped], {
        encoding: "utf8",
      }).trim();
    expect(shell('"$1" "$2" <(zcat "$4") "$3" <(cat "$4")')).toBe("c,d,a,b,c,d true,false,true");
    expect(shell('cat "$4" | "$1" "$2" /dev/stdin')).toBe("c,d true");
  });

  it("addresses are not fetched, and a folder's files are named", async () => {
    expect(await problem("https://example.org/a.csv?x=1")).toBe(
      "https://example.org/a.csv?x=1: an address, and nothing is fetched; download it, and name the file",
    );
    const inside = join(folder, "several");
    await mkdir(inside);
    expect(await problem(inside)).toMatch(/several: a folder, .*; name a file, or a glob/);
    await writeFile(join(inside, "b.csv"), "text,label\n");
    await writeFile(join(inside, "a.csv.gz"), "");
    await writeFile(join(inside, "README.md"), "");
    expect(await problem(inside)).toMatch(/; name a file in it, .*several\/a\.csv\.gz say \(one of 2\)$/);
  });

  it("devices are not", async () => {
    expect(await problem("/dev/zero")).toBe(
      "/dev/zero: neither a file nor a pipe; name a file, or - for standard input",
    );
  });
});

describe("encodings and marks", () => {
  const content = "text,label\nça,x\n“b”,y\n";
  it.each<[string, Uint8Array | string, ReadOptions]>([
    ["utf-16, little end first", utf16(`\ufeff${content}`), { encoding: "utf-16" }],
    ["utf-16, big end first", utf16(`\ufeff${content}`).swap16(), { encoding: "utf-16" }],
    ["utf-16, zipped", gzipSync(utf16(content)), { encoding: "utf-16" }],
    [
      "latin-1 with the quotation marks of Windows",
      Buffer.from("text,label\n\xe7a,x\n\x93b\x94,y\n", "latin1"),
      { encoding: "latin-1" },
    ],
    [
      "latin-1 JSON lines",
      Buffer.from('{"text":"\xe7a","label":"x"}\n{"text":"\x93b\x94","label":"y"}', "latin1"),
      { encoding: "latin-1", format: "jsonl" },
    ],
    ["a mark before JSON lines", '\ufeff{"text":"ça","label":"x"}\n{"text":"“b”","label":"y"}\n', {}],
    ["a mark before an array", '\ufeff[{"text":"ça","label":"x"},\n{"text":"“b”","label":"y"}]', {}],
    ["a mark before an object", '\ufeff{"1":{"text":"ça","label":"x"},\n"2":{"text":"“b”","label":"y"}}', {}],
    ["a mark, zipped", gzipSync('\ufeff[{"text":"ça","label":"x"},{"text":"“b”","label":"y"}]'), {}],
  ])("%s", async (name, bytes, options) => {
    expect(await texts(await file(name, bytes), options)).toEqual(["ça", "“b”"]);
  });

  it("what is not of the encoding is said", async () => {
    const path = await file("odd.csv", utf16(content).subarray(0, -1));
    expect(await problem(path, { encoding: "utf-16" })).toMatch(/odd\.csv: not valid UTF-16; give the right/);
  });

  it("takes constant memory", async () => {
    const path = join(folder, "large.txt");
    const handle = openSync(path, "w");
    const block = utf16("ein Satz, und noch einer\n".repeat(40_000));
    for (let i = 0; i < 150; i++) writeSync(handle, block);
    closeSync(handle);
    const module = new URL("../../dist/dataset/plain-inputs.js", import.meta.url).href;
    const out = execFileSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { plainInputs } from ${JSON.stringify(module)};
        const input = { path: "x", file: ${JSON.stringify(path)}, folder: false, bytes: 0, gzip: false, head: Buffer.alloc(2) };
        await plainInputs([input], "utf-16", ${JSON.stringify(folder)});
        console.log(process.resourceUsage().maxRSS / 1024);`,
      ],
      { encoding: "utf8" },
    );
    // The text has 300 MB; Node itself takes 50 to 60.
    expect(Number(out)).toBeLessThan(180);
  });
});

describe("several files", () => {
  it("some zipped and some not, of any format", async () => {
    const rows = [
      ["a", "x"],
      ["b", "y"],
      ["c", "x"],
    ];
    const csv = rows.map(([text, label]) => `text,label\n${text},${label}\n`);
    const lines = rows.map(([text, label]) => JSON.stringify({ text, label }));
    for (const [kind, contents] of Object.entries({
      csv,
      jsonl: lines,
      json: lines.map((line) => `[${line}]`),
    })) {
      const [one = "", two = "", three = ""] = contents;
      const paths = [
        await file(`mixed1.${kind}`, one),
        await file(`mixed2.${kind}.gz`, gzipSync(`\ufeff${two}`)),
        await file(`mixed3.${kind}`, three),
      ];
      expect(await texts(paths)).toEqual(["a", "b", "c"]);
    }
  });

  it("of one name in two folders, both zipped Parquet", async () => {
    const { withDatabase, literal } = await import("../../src/core/duckdb.js");
    const { readFile } = await import("node:fs/promises");
    const paths: string[] = [];
    for (const name of ["a", "b"]) {
      await mkdir(join(folder, name));
      const path = join(folder, name, "part.parquet");
      await withDatabase({}, (database) =>
        database.run(`COPY (SELECT '${name}' AS text, '${name}' AS label) TO ${literal(path)}`),
      );
      await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
      paths.push(`${path}.gz`);
    }
    expect(await texts(paths)).toEqual(["a", "b"]);
  });

  it("of two formats are refused by name", async () => {
    const paths = [
      await file("two.csv", "text,label\na,x\n"),
      await file("two.jsonl", '{"text":"a","label":"x"}\n'),
    ];
    expect(await problem(paths)).toMatch(/two\.csv, .*two\.jsonl: files of different formats, "csv, jsonl"/);
  });
});

it("labels that differ in blanks or case only are warned of", async () => {
  const said: string[] = [];
  const effects = {
    log: () => undefined,
    warn: (line: string) => void said.push(line),
    progress: () => ({ update: () => undefined, end: () => undefined }),
  };
  await texts(await file("alike.csv", "text,label\na,good\nb,bad\nc,good \n"), { effects });
  await texts(await file("other.csv", "text,label\na,good\nb,bad\n"), { effects });
  expect(said).toEqual([
    'alike.csv: labels "good" and "good " differ in case or white space only, and count as two',
  ]);
});

describe("long headers", () => {
  const names = Array.from({ length: 12_000 }, (_, i) => `embedding_${i}`);
  const table = `${names.join(",")},label\n${names.map((_, i) => i).join(",")},x\n${names.map((_, i) => -i).join(",")},y\n`;
  it.each([
    ["plain", "long.csv", table],
    ["zipped", "long.csv.gz", gzipSync(table)],
  ])("%s", async (_name, path, content) => {
    expect(names.join(",").length).toBeGreaterThan(2 ** 16);
    const dataset = await readDataset(await file(path, content), {
      features: ["embedding_*"],
      label: "label",
    });
    dataset.close();
    const { input } = dataset;
    expect(input.kind === "features" && input.columns.length).toBe(names.length);
    const last = input.kind === "features" ? input.columns.at(-1) : undefined;
    expect(last?.name).toBe("embedding_11999");
    expect([...(last?.values ?? [])]).toEqual([11_999, -11_999]);
  });
});

describe("the line of a bad record", () => {
  const lines = [
    "text,label",
    '"two',
    'lines, ""and"" , quotes",a',
    'it"s,b',
    '"",c',
    "",
    "",
    "last,a,extra",
    "x,y",
    "",
  ];
  it.each([
    ["LF", "\n", 8],
    ["CRLF", "\r\n", 8],
  ])("%s", async (name, end, line) => {
    for (const [suffix, pack] of [
      ["csv", (text: string): string => text],
      ["csv.gz", gzipSync],
    ] as const) {
      const message = await problem(await file(`ragged ${name}.${suffix}`, pack(lines.join(end))));
      expect(message).toContain(
        `ragged ${name}.${suffix}, line ${line}: 3 fields, where the header has 2, "last,a,extra"`,
      );
    }
  });

  it("is that of a writer's own count, however the text is cut into pieces", async () => {
    const field = fc.stringMatching(/^[ab "',\n\r;]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.constantFrom(",", ";", ", "),
        fc.integer({ min: 1, max: 5 }),
        async (records, end, delimiter, size) => {
          const quoted = records.map((record) =>
            record.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter),
          );
          const breaks = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
          const text = quoted.map((record) => record + end).join("");
          const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
          for (const [index] of quoted.entries()) {
            const before = quoted
              .slice(0, index)
              .map((record) => record + end)
              .join("");
            const line = await lineOfRecord(pieces, index + 1, { delimiter, quotes: true });
            expect(line).toBe(breaks(before) + 1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("JSON: the first line that is none, cut off where the file ends in it", async () => {
    const good = '{"text":"a","label":"x"}';
    expect(await problem(await file("cut.jsonl", `${good}\n${good}\n{"text":"b`))).toMatch(
      /cut\.jsonl, line 3: not valid JSON: the last line is cut off, "\{\\"text\\":\\"b"/,
    );
    expect(await problem(await file("mid.jsonl", `${good}\n{"text" "b"}\n${good}\n`))).toMatch(
      /mid\.jsonl, line 2: not valid JSON, /,
    );
    expect(await problem(await file("mid.jsonl.gz", gzipSync(`{"text" "b"}\n${good}\n`)))).toMatch(
      /mid\.jsonl\.gz, line 1: not valid JSON, /,
    );
  });
});
