/** The figures as files: what they draw, that they are the same twice, and what each format holds. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import type { DataMap } from "../../src/map/map.js";
import { histogram, mapDensity } from "../../src/plot/density.js";
import { plotLabels } from "../../src/plot/label-figure.js";
import { plotMap } from "../../src/plot/map-figure.js";
import { writeFigure } from "../../src/plot/render.js";
import { plotTrajectories } from "../../src/plot/trajectories-figure.js";
import { lacks, titled } from "../util/requires.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "figures-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A map of six epochs as a training might leave it. */
function someMap(size: number, change: Partial<DataMap> = {}): DataMap {
  const random = new Random(size);
  const confidence = new Float64Array(size);
  const variability = new Float64Array(size);
  const correctEpochs = new Float64Array(size);
  const regions = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const c = 1 - random.unit() ** 3;
    confidence[i] = c;
    variability[i] = random.unit() * Math.sqrt(c * (1 - c));
    correctEpochs[i] = Math.round(6 * c);
    regions[i] = c < 0.5 ? 2 : variability[i]! >= 0.2 ? 1 : 0;
  }
  return {
    size,
    ids: Array.from({ length: size }, (_, i) => String(i)),
    labels: Array.from({ length: size }, (_, i) => ["yes", "no", '<maybe> & "so"'][i % 3] ?? ""),
    confidence,
    variability,
    correctness: correctEpochs.map((n) => n / 6),
    correctEpochs,
    epochs: 6,
    regions,
    ...change,
  };
}

/** Well-formed, or an error: XML of any size as a document. */
function parse(svg: string): Document {
  return parseHTML(svg).document;
}

describe("the map", () => {
  it.each([1, 200, 5000, 60_000])("is the same text twice, and well-formed, for %d examples", (size) => {
    const svg = plotMap(someMap(size), { title: "a set", subtitle: "of examples" });
    expect(plotMap(someMap(size), { title: "a set", subtitle: "of examples" })).toBe(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|class=|<style|currentColor|var\(--/);
    expect(parse(svg).querySelectorAll("text").length).toBeGreaterThan(8);
  });

  it("grows with what it shows: a density of a million examples is no larger than twice that of a tenth", () => {
    const [small, large] = [100_000, 1_000_000].map((size) => plotMap(someMap(size)).length);
    expect(large ?? 0).toBeLessThan(2 * (small ?? 0));
  });

  it("counts in its histograms every example once, and nothing that is NaN", () => {
    const values = fc.array(fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), (list, bins) => {
        const counts = histogram(Float64Array.from(list), { from: 0, to: 1 }, bins);
        const naive = new Array<number>(bins).fill(0);
        for (const value of list)
          if (!Number.isNaN(value)) naive[Math.min(bins - 1, Math.floor(value * bins))]! += 1;
        expect([...counts]).toEqual(naive);
      }),
    );
  });

  it("conserves counts and correctness in its density", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 30 }), (size, cells) => {
        const map = someMap(size);
        const { counts, correctness, most } = mapDensity(
          map,
          { from: 0, to: 0.5 },
          { from: 0, to: 1 },
          cells,
          cells + 1,
        );
        expect(counts.reduce((a, b) => a + b, 0)).toBe(size);
        expect(most).toBe(Math.max(...counts));
        // Sums in another order: float rounding only.
        expect(correctness.reduce((a, b) => a + b, 0)).toBeCloseTo(
          map.correctness.reduce((a, b) => a + b, 0),
          6,
        );
      }),
    );
  });

  it("leaves out what has no coordinates, and says how many", () => {
    const map = someMap(50);
    map.confidence[3] = NaN;
    map.variability[9] = NaN;
    expect(plotMap(map)).toMatch(/2 [^<]*left out/);
  });

  it("refuses a map with nothing to place, in one line that says what records it", () => {
    const map = someMap(5);
    map.confidence.fill(NaN);
    expect(() => plotMap(map)).toThrow(/^[^\n]*confidence[^\n]*record[^\n]*$/);
  });

  it.each<[string, Partial<DataMap>]>([
    ["one epoch, so that no variability is there", { epochs: 1, variability: new Float64Array(30) }],
    [
      "all examples at one place",
      { confidence: new Float64Array(30).fill(0.7), variability: new Float64Array(30).fill(0.1) },
    ],
    [
      "correctness unknown",
      { correctness: new Float64Array(30).fill(NaN), correctEpochs: new Float64Array(30).fill(NaN) },
    ],
    ["no regions", { regions: new Uint8Array(30).fill(255) }],
    ["no labels", { labels: new Array<null>(30).fill(null) }],
    ["forty epochs", { epochs: 40 }],
  ])("draws %s", (_, change) => {
    for (const options of [{}, { compact: true }, { width: 320 }, { theme: "dark" as const }]) {
      expect(plotMap(someMap(30, change), options)).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("escapes what names hold", () => {
    const svg = plotMap(someMap(10), {
      title: '<script>alert("&")</script>\u0000\u001b',
      subtitle: "x".repeat(5000),
    });
    expect(svg).not.toContain("<script");

    expect(svg).not.toMatch(/[\u0000-\u0008\u001b]/);
  });
});

describe("other figures", () => {
  it("draws a small map for each label, and says so where it shows not all", () => {
    const svg = plotLabels(someMap(90));
    expect(svg).toContain("&lt;maybe&gt;");
    const labels = Array.from({ length: 600 }, (_, i) => `label ${i % 150}`);
    expect(plotLabels(someMap(600, { labels }), { most: 100 })).toMatch(/100 labels[^<]*150/);
    expect(() => plotLabels(someMap(5, { labels: new Array<null>(5).fill(null) }))).toThrow(/--data|label/);
  });

  it("draws trajectories, and refuses what has none", () => {
    const svg = plotTrajectories([{ id: "a&b", note: "yes", probabilities: [0.1, 0.5, NaN, 0.9] }], {
      title: "t",
    });
    expect(svg).toContain("a&amp;b");
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(() => plotTrajectories([])).toThrow(/no example/);
    expect(() => plotTrajectories([{ id: "a", probabilities: [NaN] }])).toThrow();
  });
});

describe("files", () => {
  const svg = plotMap(someMap(300), { title: "Größe Ελλάδα Привет" });

  it("are the same bytes twice, PNG at its scale", async () => {
    for (const extension of ["svg", "png", "pdf"]) {
      const paths = ["one", "two"].map((name) => join(folder, `${name}.${extension}`));
      for (const path of paths) await writeFigure(path, svg, { scale: 1.5 });
      const [one, two] = await Promise.all(paths.map((path) => readFile(path)));
      expect(one?.equals(two ?? Buffer.alloc(0)), extension).toBe(true);
    }
    const png = await readFile(join(folder, "one.png"));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(png.readUInt32BE(16)).toBe(860 * 1.5);
  });

  it.skipIf(lacks("pdffonts") !== null)(
    titled("embed the typeface in a PDF, its text readable", lacks("pdffonts")),
    async () => {
      const path = join(folder, "fonts.pdf");
      await writeFigure(path, svg);
      const fonts = execFileSync("pdffonts", [path], { encoding: "utf8" })
        .split("\n")
        .slice(2)
        .filter(Boolean);
      expect(fonts.length).toBeGreaterThan(0);
      for (const font of fonts) expect(font).toMatch(/OpenSans.* yes +yes +yes/);
      const text = execFileSync("pdftotext", [path, "-"], { encoding: "utf8" });
      for (const words of ["Größe Ελλάδα Привет", "easy-to-learn", "variability"])
        expect(text).toContain(words);
    },
  );

  it("warn once of characters that the typeface lacks", async () => {
    const warned: string[] = [];
    const effects = {
      log: () => undefined,
      warn: (line: string) => void warned.push(line),
      progress: () => ({ update: () => undefined, end: () => undefined }),
    };
    await writeFigure(join(folder, "lacking.png"), plotMap(someMap(10), { title: "数据地图" }), { effects });
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/4 .*--font/);
  });

  it("refuse another extension and a font that is none, and leave nothing behind", async () => {
    const before = await readdir(folder);
    await expect(writeFigure(join(folder, "map.gif"), svg)).rejects.toThrow(
      /"\.gif"; name it .*\.svg, \.png or \.pdf/,
    );
    const font = join(folder, "font.ttf");
    await writeFile(font, "not a font");
    await expect(
      writeFigure(join(folder, "font.png"), plotMap(someMap(10), { title: "数" }), { font }),
    ).rejects.toThrow(/font/);
    expect((await readdir(folder)).filter((name) => !before.includes(name))).toEqual(["font.ttf"]);
  });
});
