/** Reports: the same numbers in every format, nothing of the data's that becomes markup, no request. */

import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../src/core/errors.js";
import { analyse, type Analysis } from "../../../src/study/results/analysis.js";
import { armsOf } from "../../../src/study/results/arms.js";
import { buildReport } from "../../../src/study/report/build-report.js";
import { comparisonsCsv, scoresCsv } from "../../../src/study/report/csv.js";
import { htmlReport } from "../../../src/study/report/html.js";
import { latexReport } from "../../../src/study/report/latex.js";
import { markdownReport } from "../../../src/study/report/markdown.js";
import type { Provenance, Report } from "../../../src/study/report/report.js";
import { flaws, interval, percent, points, pValue } from "../../../src/study/report/say.js";
import { writeReport } from "../../../src/study/report/write-report.js";
import { madeUpStudy, thirds, type MadeUpStudy } from "../made-up.js";

const provenance: Provenance = {
  name: "made up",
  command: "alidade study regions 'a b.csv' -o studies/x",
  versions: [["alidade", "0.1.0"]],
  facts: [["training data", "sha256 abc"]],
};

const evil = `<script>alert(1)</script> & "100 %" | _x_ 'q' \\end{x}`;

async function reportOf(study: MadeUpStudy): Promise<{ analysis: Analysis; report: Report }> {
  const analysis = await analyse(madeUpStudy(study), { resamples: 200 });
  return { analysis, report: buildReport(analysis, provenance) };
}

let plain: { analysis: Analysis; report: Report };
let hostile: { analysis: Analysis; report: Report };
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-report-"));
  plain = await reportOf(thirds);
  const arms = thirds.arms.map((arm) => (arm.by === "hard" ? { ...arm, arm: evil } : arm));
  hostile = await reportOf({
    ...thirds,
    arms,
    tests: { [evil]: { kind: "ood", size: 500 }, id: { kind: "id", size: 500 } },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a report", () => {
  it("says first what the primary comparisons found", () => {
    expect(plain.report.findings[0]).toMatch(
      /^On ood, ambiguous 33 % is better than random 33 % \(\+\d\.\d\d points \[\+\d\.\d\d, \+\d\.\d\d\], adjusted p [.<]/,
    );
    expect(plain.report.tables.map(({ name }) => name)).toEqual(["scores", "primary", "exploratory"]);
    for (const { rows, columns } of plain.report.tables)
      for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it("has the same differences in Markdown, LaTeX, CSV and HTML", () => {
    const { analysis, report } = plain;
    const [row] = analysis.comparisons;
    const said = points(row!.difference);
    expect(markdownReport(report, (name) => `${name}.svg`)).toContain(said);
    expect(htmlReport(report)).toContain(said);
    expect(latexReport(report)).toContain(said.replace("−", "$-$"));
    const [header = "", first = ""] = comparisonsCsv(analysis).split("\r\n");
    const at = header.split(",").indexOf("difference");
    expect(Number(first.split(",")[at])).toBe(row!.difference);
    expect(scoresCsv(analysis).trimEnd().split("\r\n")).toHaveLength(analysis.scores.length + 1);
  });

  it("shows cells that went wrong, and failures", async () => {
    const [all, random, ambiguous] = thirds.arms;
    const broken = { ...ambiguous!, trainAccuracy: (r: number) => (r < 2 ? 0.5 : 0.97) };
    const results = madeUpStudy({ ...thirds, arms: [all!, random!, broken] });
    const failures = [{ cell: "abc", arm: "hard 33 %", reason: "the trainer ended with exit code 1" }];
    const report = buildReport(await analyse({ ...results, failures }, { resamples: 100 }), provenance);
    expect(report.tables.map(({ name }) => name)).toEqual([
      ...["scores", "primary", "exploratory", "states", "failures"],
    ]);
    const text = markdownReport(report, (name) => name);
    expect(text).toContain("2 not optimised");
    expect(text).toContain("exit code 1");
    expect(text).toMatch(/1 cell failed and is missing/);
    expect(text).toMatch(/4 of 30 scores are of cells that are not ok/);
  });

  it("draws curves where a strategy has several sizes, and where shares are mixed in", async () => {
    const accuracy = { id: 0.8 };
    const sizes = [0.5, 0.17, 0.05].flatMap((fraction) =>
      ["ambiguous", "random"].map((by) => ({ arm: `${by} ${fraction}`, by, fraction, accuracy })),
    );
    const shares = [0.1, 0.3, 0.5].map((mixShare) => ({
      ...{ arm: `mix ${mixShare}`, by: "ambiguous", fraction: 0.17, mixBy: "easy", mixShare, accuracy },
    }));
    const { report } = await reportOf({
      tests: { id: { kind: "id", size: 200 } },
      arms: [{ arm: "100 %", by: "all", accuracy }, ...sizes, ...shares],
    });
    expect(report.figures.map(({ name }) => name)).toEqual(["accuracy", "sizes", "mixtures"]);
    const drawn = report.figures.map(({ draw }) => draw("light", 480));
    expect(drawn[1]).toContain("training examples");
    expect(drawn[2]).toContain(">ambiguous, with easy<");
  });

  it("draws what always answering the commonest label scores, where an arm may be no better", async () => {
    const studyOf = (smallest: number): MadeUpStudy => ({
      tests: { id: { kind: "id", size: 400 }, ood: { kind: "ood", size: 400 } },
      arms: [0.5, 0.17, 0.05].map((fraction) => ({
        ...{ arm: `ambiguous ${fraction}`, by: "ambiguous", fraction },
        accuracy: { id: 0.8, ood: fraction === 0.05 ? smallest : 0.8 },
      })),
    });
    const dashed = (svg: string): number => svg.split('stroke-dasharray="4 3"').length - 1;
    const drawn = async (smallest: number): Promise<[number, boolean][]> =>
      (await reportOf(studyOf(smallest))).report.figures
        .filter(({ name }) => name !== "differences")
        .map(({ draw }) => draw("light"))
        .map((svg) => [dashed(svg), svg.includes("lways the commonest label")]);
    // On one of two test sets: a line in its panel, and the curves' legend has one.
    expect(await drawn(0.51)).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(await drawn(0.7)).toEqual([
      [0, false],
      [0, false],
    ]);
  });
});

describe("the whole set under both budgets", () => {
  const both = (["epochs", "steps"] as const).flatMap((budget) => [
    { arm: "100 %", by: "all", budget, accuracy: { id: 0.85 } },
    ...[0.5, 0.17, 0.05].map((fraction) => ({
      ...{ arm: `random ${fraction}`, by: "random", fraction, budget, accuracy: { id: 0.8 } },
    })),
  ]);
  const study: MadeUpStudy = { tests: { id: { kind: "id", size: 500 } }, arms: both };

  it("stands once, by its name alone", async () => {
    const { report, analysis } = await reportOf(study);
    expect(report.tables[0]?.rows.map(([name]) => name)).toEqual([
      "100 %",
      ...["epochs", "steps"].flatMap((budget) =>
        [0.5, 0.17, 0.05].map((fraction) => `random ${fraction}, by ${budget}`),
      ),
    ]);
    const against = analysis.comparisons.filter(({ against: key }) => key === analysis.arms[0]!.key);
    expect(against).toHaveLength(6);
  });

  it("has one colour, which is that of the legend", async () => {
    const { report } = await reportOf(study);
    const drawn = report.figures.find(({ name }) => name === "sizes")!.draw("light");
    const names = ["100 %", "random, by epochs", "random, by steps"];
    const legend = names.map((name) => {
      const at = drawn.indexOf(`>${name}<`);
      expect(drawn.split(`>${name}<`)).toHaveLength(2);
      const before = drawn.slice(0, at);
      // A line, or the whole set's dot, before the name; signs have a ground of their own.
      return /.*<(?:line|circle)[^>]*(?:stroke|fill)="(#[0-9a-f]{6})"/s.exec(before)![1]!;
    });
    expect(new Set(legend).size).toBe(3);
    // Three sizes a curve, the whole set alone and in the legend, where it is no line.
    const discs = (colour: string): number => drawn.split(`r="3" fill="${colour}"`).length - 1;
    expect(legend.map(discs)).toEqual([2, 3, 3]);
  });

  it("stands twice where it was trained twice", async () => {
    const results = madeUpStudy(study);
    const apart = results.results.map((cell) => ({ ...cell, cell: `${cell.cell}/${cell.budget}` }));
    expect(armsOf(apart).map(({ title }) => title)).toContain("100 %, by steps");
  });
});

describe("an HTML report", () => {
  it("makes no request, and has both colour schemes", () => {
    const page = htmlReport(plain.report);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
      /https?:|<script|<link|<img|url\(|@import/,
    );
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page.match(/<svg xmlns/g)).toHaveLength(2 * 2 * plain.report.figures.length);
    expect(page).toContain("alidade study regions &#39;a b.csv&#39; -o studies/x");
    expect(page).toContain("sha256 abc");
  });

  it("escapes whatever the data is called", () => {
    const page = htmlReport(hostile.report);
    const { document } = parseHTML(page) as unknown as {
      document: { querySelectorAll(selector: string): ArrayLike<{ textContent: string }> };
    };
    expect(document.querySelectorAll("script")).toHaveLength(0);
    const cells = Array.from(document.querySelectorAll("td"), ({ textContent }) => textContent);
    expect(cells).toContain(evil);
  });
});

describe("other formats", () => {
  it("escape whatever the data is called", () => {
    const markdown = markdownReport(hostile.report, (name) => name);
    for (const line of markdown.split("\n").filter((one) => one.startsWith("| ")))
      expect(line).not.toMatch(/(?<!\\)<script|(?<!\\)_x_/);
    const widths = markdown
      .split("\n")
      .filter((one) => one.startsWith("| "))
      .map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(widths).size).toBeLessThanOrEqual(4);
    expect(latexReport(hostile.report)).toContain("100 \\%");
    expect(latexReport(hostile.report)).not.toContain("\\end{x}");
    // One field, however many commas and quotes it has.
    expect(scoresCsv(hostile.analysis)).toContain(`"${evil.replaceAll('"', '""')}"`);
  });

  it("are written whole, those that are asked for", async () => {
    const all = await writeReport(join(folder, "all"), plain.report, plain.analysis);
    expect((await readdir(join(folder, "all"))).sort()).toEqual(
      [
        ...["accuracy", "differences"].flatMap((name) => [".svg", ".png", ".pdf"].map((end) => name + end)),
        ...["comparisons.csv", "report.html", "report.md", "report.tex", "scores.csv"],
      ].sort(),
    );
    expect(all).toHaveLength(11);
    const only = await writeReport(join(folder, "one"), plain.report, plain.analysis, { formats: ["tex"] });
    expect(only).toEqual([join(folder, "one/report.tex")]);
    expect(readFileSync(only[0]!, "utf8")).toBe(latexReport(plain.report));
  });

  it("say what is wrong with the folder", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(writeReport(join(folder, "file/x"), plain.report, plain.analysis)).rejects.toThrow(
      UserError,
    );
  });
});

describe("numbers", () => {
  it("are said as a reader wants them", () => {
    expect([percent(0.8314), percent(NaN), points(0.0123), points(-0.0123), points(-0.00001)]).toEqual([
      ...["83.1", "-", "+1.23", "−1.23", "0.00"],
    ]);
    expect(interval({ low: -0.003, high: 0.012 })).toBe("[−0.30, +1.20]");
    expect([pValue(null), pValue(0.0004), pValue(0.032), pValue(1), pValue(0.9996)]).toEqual([
      ...["-", "<.001", ".032", "1", "1"],
    ]);
    expect(flaws({ ok: 3, "not-optimised": 2, overfit: 1 })).toBe("2 not optimised, 1 overfit");
  });
});
