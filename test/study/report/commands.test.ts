/** `study report` and `study claims` on a study that was really run, and on what is no study. */

import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../util/run-cli.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const claims = join(root, "docs/claims.yaml");
const data = join(root, "examples/cad-sentiment");
let folder = "";
let study = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-study-report-"));
  study = join(folder, "cad-regions");
  const spec = {
    name: "cad",
    data: { file: `${data}/new-dev.tsv`, text: "Text", label: "Sentiment" },
    tests: {
      id: { kind: "id", file: `${data}/new-test.tsv` },
      ood: { kind: "ood", file: `${data}/orig-test.tsv` },
    },
    trainer: { name: "ngram", options: { epochs: 2 } },
    seeds: 2,
    arms: ["all", { by: ["ambiguous", "random"], fraction: 0.33 }],
  };
  // JSON is YAML.
  await writeFile(join(folder, "study.yaml"), JSON.stringify(spec));
  const { code, stderr } = await runCli(["study", "study.yaml", "-o", "cad-regions"], { cwd: folder });
  expect(code, stderr).toBe(0);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("alidade study report", () => {
  it("prints the tables and writes every format", async () => {
    const { code, stdout, stderr } = await runCli(["study", "report", "cad-regions", "--resamples", "200"], {
      cwd: folder,
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Primary comparisons");
    expect(stdout).toMatch(/ood +ambiguous 33 % +random 33 % +2 /);
    for (const line of stdout.split("\n").slice(4)) expect(line.length).toBeLessThanOrEqual(140);
    const files = await readdir(join(study, "report"));
    expect(files).toEqual(
      expect.arrayContaining([
        "report.md",
        "report.tex",
        "report.html",
        "scores.csv",
        "map.png",
        "accuracy.pdf",
      ]),
    );
    const page = readFileSync(join(study, "report/report.html"), "utf8");
    expect(page).toContain("alidade study study.yaml -o cad-regions");
    expect(page).toContain(process.version);
    expect(page).toMatch(/training data[^]*[0-9a-f]{64}/);
  }, 240_000);

  it("writes the same again, but for nothing", async () => {
    const read = () =>
      ["report.md", "scores.csv", "comparisons.csv"].map((name) =>
        readFileSync(join(folder, "again", name), "utf8"),
      );
    const run = () =>
      runCli(
        [
          "study",
          "report",
          "cad-regions",
          "-o",
          "again",
          "--format",
          "md",
          "--format",
          "csv",
          "--resamples",
          "200",
        ],
        { cwd: folder },
      );
    await run();
    const first = read();
    await run();
    expect(read()).toEqual(first);
    expect(existsSync(join(folder, "again/report.html"))).toBe(false);
  }, 240_000);

  it("gives the numbers as JSON", async () => {
    const { stdout } = await runCli(
      ["study", "report", "cad-regions", "-o", "json", "--format", "csv", "--resamples", "200", "--json"],
      { cwd: folder },
    );
    const said = JSON.parse(stdout) as { comparisons: unknown[]; scores: unknown[]; files: string[] };
    expect(said.scores).toHaveLength(6);
    expect(said.files).toEqual(["json/scores.csv", "json/comparisons.csv"]);
  }, 240_000);

  it("refuses a study whose predictions are gone, and one whose results are", async () => {
    await cp(study, join(folder, "broken"), { recursive: true });
    await rm(join(folder, "broken/predictions"), { recursive: true });
    await rm(join(folder, "broken/report"), { recursive: true, force: true });
    const { code, stderr } = await runCli(["study", "report", "broken"], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(/predictions.*missing or damaged/);
    expect(existsSync(join(folder, "broken/report"))).toBe(false);
    await writeFile(join(folder, "broken/results.parquet"), "PAR1");
    expect((await runCli(["study", "report", "broken"], { cwd: folder })).code).toBe(2);
  }, 240_000);
});

describe("alidade study claims", () => {
  it("decides what the given studies can, and writes page and numbers", async () => {
    const args = ["study", "claims", claims, "cad-regions", "-o", "claims.md", "--resamples", "200"];
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/ambiguous-third-beats-all .*cad (inconclusive|not testable|holds|fails)/);
    expect(readFileSync(join(folder, "claims.md"), "utf8")).toContain(
      "alidade study study.yaml -o cad-regions",
    );
    expect(existsSync(join(folder, "claims.json"))).toBe(true);
  }, 240_000);
});

describe("wrong input is one line, code 2, and nothing written", () => {
  it.each([
    [["report"], /needs <folder>/],
    [["report", "nowhere"], /nowhere: no study here/],
    [["report", "empty"], /empty: no study here/],
    [["report", "study.yaml"], /no study here/],
    [["report", "cad-regions", "--format", "docx"], /--format: unknown value, "docx"/],
    [["report", "cad-regions", "--formta", "md"], /did you mean --format/],
    [["report", "cad-regions", "--resamples", "3"], /--resamples: out of range/],
    [["report", "cad-regions", "--seed", "x"], /--seed: not a whole number/],
    [["report", "cad-regions", "-o", "study.yaml/x"], /study\.yaml/],
    [["report", "cad-regions", "cad-regions"], /too many arguments/],
    [["report", "damaged"], /damaged/],
    [["claims"], /needs <file>/],
    [["claims", "nowhere.yaml"], /nowhere\.yaml: cannot be read/],
    [["claims", "study.yaml"], /study\.yaml:1: /],
    [["claims", claims, "nowhere/cad-regions", "-o", "c.md"], /no study here/],
    [["claims", claims, "cad-regions", "./cad-regions/", "-o", "c.md"], /two studies of one name/],
    [["claims", claims, "-o", "claims.txt"], /not a page's name/],
    [["claims", claims, "-o", "study.yaml/c.md"], /study\.yaml/],
    [["claims", claims, "--resamples", "0"], /--resamples: out of range/],
  ] as const)("study %j", async (args, message) => {
    await mkdir(join(folder, "empty"), { recursive: true });
    await mkdir(join(folder, "damaged"), { recursive: true });
    await writeFile(join(folder, "damaged/study.json"), "{");
    const before = await readdir(folder);
    const { code, stderr, stdout } = await runCli(["study", ...args], { cwd: folder });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
    expect(await readdir(folder)).toEqual(before);
  });
});
