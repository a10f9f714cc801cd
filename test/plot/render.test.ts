import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { plotLabels } from "../../src/plot/label-figure.js";
import { plotMap } from "../../src/plot/map-figure.js";
import { renderPdf } from "../../src/plot/render-pdf.js";
import { renderPng } from "../../src/plot/render-png.js";
import { writeFigure } from "../../src/plot/render.js";
import { plotTrajectories } from "../../src/plot/trajectories-figure.js";
import { lacks, titled } from "../util/requires.js";
import { madeUpMap } from "./maps.js";
import { squareFont } from "./square-font.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-render-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const svg = plotMap(madeUpMap(100), { title: "Ünïcode Ελλάδα Россия", width: 480 });
const chinese = plotMap(madeUpMap(5), { title: "one 中 and 中 more" });
const height = Number(/height="(\d+)"/.exec(svg)?.[1]);

function listening(): { warned: string[]; effects: typeof quiet } {
  const warned: string[] = [];
  return { warned, effects: { ...quiet, warn: (line) => void warned.push(line) } };
}

async function scratchFont(): Promise<string> {
  const path = join(folder, "square.ttf");
  await writeFile(path, squareFont(0x4e2d));
  return path;
}

/** The colours of a PNG's pixels, as resvg decodes it. */
function pixels(png: Uint8Array): {
  width: number;
  height: number;
  count(red: number, green: number, blue: number): number;
} {
  const [width, height] = [Buffer.from(png).readUInt32BE(16), Buffer.from(png).readUInt32BE(20)];
  const image = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" href="data:image/png;base64,${Buffer.from(png).toString("base64")}"/></svg>`;
  const decoded = new Resvg(image).render().pixels;
  const count = (red: number, green: number, blue: number): number => {
    let n = 0;
    for (let i = 0; i < decoded.length; i += 4)
      if (decoded[i] === red && decoded[i + 1] === green && decoded[i + 2] === blue) n++;
    return n;
  };
  return { width, height, count };
}

describe("figures as PNG", () => {
  it.each([0.5, 1, 2, 3])("have the figure's size times the scale: %f", async (scale) => {
    const { width, height: down } = pixels(await renderPng(svg, { scale }));
    expect(width).toBe(Math.round(480 * scale));
    expect(down).toBe(Math.round(height * scale));
  });

  it("show marks and words on the theme's ground", async () => {
    const dark = pixels(await renderPng(plotMap(madeUpMap(300), { theme: "dark", title: "words" })));
    const ground = dark.count(0x12, 0x16, 0x1c);
    expect(ground).toBeGreaterThan(0.6 * dark.width * dark.height);
    expect(dark.count(0xe6, 0xea, 0xf0)).toBeGreaterThan(100);
    expect(dark.count(0x12, 0x16, 0x1c)).toBeLessThan(0.98 * dark.width * dark.height);
  });

  it("refuse a scale that gives no image", async () => {
    for (const scale of [0, -1, NaN, Infinity, 1000, 0.0001])
      await expect(renderPng(svg, { scale })).rejects.toThrow(
        /^--scale: a figure of 480 x \d+ pixels gives no image that can be opened, .*; choose another/,
      );
  });
});

describe("figures as PDF", () => {
  it("are the same bytes again, dated the same", async () => {
    const [one, two] = [await renderPdf(svg), await renderPdf(svg)];
    expect(Buffer.compare(one, two)).toBe(0);
    const text = Buffer.from(one).toString("latin1");
    expect(text).toContain("(D:19700101000000Z)");
    expect(text).toContain("/CreationDate");
    expect(text).not.toContain("ModDate");
  });

  it.skipIf(lacks("pdftotext"))(
    titled("hold the words as text, and all fonts", lacks("pdftotext")),
    async () => {
      const figures = {
        map: svg,
        labels: plotLabels(madeUpMap(50, { labels: ["Ünïcode", "Ελλάδα & <Россия>"] })),
        apart: plotTrajectories([
          { id: "Ünïcode", note: "Ελλάδα & <Россия>", probabilities: [0.1, 0.9], others: [[0.9, 0.1]] },
        ]),
      };
      for (const [name, figure] of Object.entries(figures)) {
        const path = join(folder, `${name}.pdf`);
        await writeFigure(path, figure);
        const words = execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8" });
        expect(words).toContain("Ünïcode");
        expect(words).toContain("Ελλάδα");
        expect(words).toContain("Россия");
        const fonts = execFileSync("pdffonts", [path], { encoding: "utf8" }).trim().split("\n").slice(2);
        expect(fonts.map((line) => line.split(/\s+/)[0]?.replace(/^[A-Z]+\+/, ""))).toEqual(["OpenSans"]);
        expect(fonts[0]).toMatch(/yes yes yes/);
      }
    },
  );
});

describe("characters that the typeface lacks", () => {
  it.each([
    ["png", renderPng],
    ["pdf", renderPdf],
  ] as const)("are counted in one warning: %s", async (_, render) => {
    const { warned, effects } = listening();
    await render(plotMap(madeUpMap(5), { title: "中文 中文", subtitle: "日" }), { effects });
    expect(warned).toEqual([
      "figure: 3 characters are in no font at hand (中 文 日); add a font that has them with --font",
    ]);
    await render(svg, { effects });
    expect(warned).toHaveLength(1);
  });

  it("come from an added font", async () => {
    const font = await scratchFont();
    const { warned, effects } = listening();
    const added = await renderPng(chinese, { font, effects, scale: 1 });
    expect(warned).toEqual([]);
    const without = await renderPng(chinese, { scale: 1 });
    const ink = [0x1c, 0x24, 0x30] as const;
    // Two full squares of 0.8 em at 17 pixels, of which the outermost pixels may be blends.
    expect(pixels(added).count(...ink) - pixels(without).count(...ink)).toBeGreaterThan(2 * 11 ** 2 - 60);
    await renderPng(plotMap(madeUpMap(5), { title: "中文" }), { font, effects });
    expect(warned).toEqual([`figure: one character is in no font at hand (文); ${font} lacks them too`]);
  });

  it.skipIf(lacks("pdffonts"))(
    titled("come from an added font in a PDF, the rest from the built-in one", lacks("pdffonts")),
    async () => {
      const path = join(folder, "added.pdf");
      await writeFigure(path, chinese, { font: await scratchFont() });
      const fonts = execFileSync("pdffonts", [path], { encoding: "utf8" });
      expect(fonts).toContain("OpenSans");
      expect(fonts).toContain("Square");
      expect(execFileSync("pdftotext", [path, "-"], { encoding: "utf8" })).toContain("one 中 and 中 more");
    },
  );

  it("are no reason to embed a font that is not needed", async () => {
    const font = await scratchFont();
    expect(Buffer.compare(await renderPdf(svg, { font }), await renderPdf(svg))).toBe(0);
  });
});

describe("files of figures", () => {
  it("are SVG, PNG or PDF by extension, in any case", async () => {
    const starts: Record<string, string> = { "a.svg": "<svg", "b.PNG": "\u0089PNG", "c.Pdf": "%PDF" };
    for (const [name, start] of Object.entries(starts)) {
      await writeFigure(join(folder, name), svg, { scale: 1 });
      expect((await readFile(join(folder, name), "latin1")).startsWith(start)).toBe(true);
    }
    expect(await readFile(join(folder, "a.svg"), "utf8")).toBe(svg);
  });

  it.each([
    ["map.jpg", 'map.jpg: not a format that figures have, ".jpg"; name it .svg, .png or .pdf'],
    ["map", "map: no extension that names a format; name it .svg, .png or .pdf"],
    [".svg", ".svg: no extension that names a format; name it .svg, .png or .pdf"],
    ["map.svg.gz", 'map.svg.gz: not a format that figures have, ".gz"; name it .svg, .png or .pdf'],
    [
      "map.constructor",
      'map.constructor: not a format that figures have, ".constructor"; name it .svg, .png or .pdf',
    ],
  ])("are refused under another name: %s", async (name, message) => {
    await expect(writeFigure(name, svg)).rejects.toThrow(message);
  });

  it("stay as they were where a figure cannot be drawn, and nothing is left beside", async () => {
    const own = join(folder, "own");
    await mkdir(own);
    const path = join(own, "kept.png");
    await writeFigure(path, svg, { scale: 1 });
    const before = await readFile(path);
    await expect(writeFigure(path, svg, { scale: 1e6 })).rejects.toThrow("--scale");
    await expect(writeFigure(path, svg, { font: join(own, "none.ttf") })).rejects.toThrow(
      /^--font: cannot be read, ".*none\.ttf"; name a TTF or OTF file$/,
    );
    const text = join(own, "text.ttf");
    await writeFile(text, "not a font");
    await expect(writeFigure(path, svg, { font: text })).rejects.toThrow(/^--font: not a TTF or OTF font, /);
    await expect(writeFigure(path, svg, { font: own })).rejects.toThrow(/^--font: cannot be read, /);
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
    expect((await readdir(own)).sort()).toEqual(["kept.png", "text.ttf"]);
  });

  it("hold no style that a renderer could miss", () => {
    for (const figure of [
      svg,
      plotMap(madeUpMap(20_000)),
      plotTrajectories([{ id: "a", probabilities: [0, 1] }]),
    ])
      expect(figure).not.toMatch(/<style| class=| style=|currentColor|var\(|\dem"|NaN|undefined/);
  });
});
