/** The report's page in a real browser: it asks for nothing, complains of nothing, and fits wide and narrow screens, light and dark. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyse } from "../../../src/study/results/analysis.js";
import { buildReport } from "../../../src/study/report/build-report.js";
import { htmlReport } from "../../../src/study/report/html.js";
import { openChromium, type Browser } from "../../util/chromium.js";
import { lacks, titled } from "../../util/requires.js";
import { madeUpStudy, thirds } from "../made-up.js";

const reason = lacks("chromium");

/** Elements that stick out of the window, without anything around them that scrolls. */
const outside = `[...document.querySelectorAll("body *")].filter((element) => {
  const { right, width } = element.getBoundingClientRect();
  if (width === 0 || right <= innerWidth + 0.5) return false;
  for (let own = element; own !== null; own = own.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(own).overflowX)) {
      const box = own.getBoundingClientRect();
      return box.right > innerWidth + 0.5;
    }
  return true;
}).map(({ outerHTML }) => outerHTML.slice(0, 80))`;

describe.skipIf(reason !== null)(titled("the page in Chromium", reason), () => {
  let folder = "";
  let url = "";
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "alidade-page-"));
    const path = join(folder, "report.html");
    const analysis = await analyse(madeUpStudy(thirds), { resamples: 200 });
    const long = `alidade study regions ${"a-long-name-of-a-file".repeat(8)}.csv -o studies/x`;
    const provenance = {
      ...{ name: "made up", command: long, versions: [["alidade", "0.1.0"]] as const },
      facts: [["training data", `sha256 ${"0123456789abcdef".repeat(4)}`]] as const,
    };
    await writeFile(path, htmlReport(buildReport(analysis, provenance)));
    url = pathToFileURL(path).href;
    browser = await openChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const screens = [1400, 900, 420, 320].flatMap((width) =>
    (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
  );
  it.each(screens)("$width px, $scheme", { timeout: 60_000 }, async (screen) => {
    await browser.open(url, screen);
    const asked = browser.events.filter(({ method }) => method === "Network.requestWillBeSent");
    expect(asked.map(({ params }) => (params["request"] as { url: string }).url)).toEqual([url]);
    const said = browser.events.filter(({ method }) =>
      ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"].includes(method),
    );
    expect(said).toEqual([]);
    expect(await browser.evaluate("innerWidth")).toBe(screen.width);
    expect(await browser.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(screen.width);
    expect(await browser.evaluate(outside)).toEqual([]);
    const ground = await browser.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(screen.scheme === "dark" ? "rgb(18, 22, 28)" : "rgb(255, 255, 255)");
    // Each figure once, in the page's colours.
    const shown = `[...document.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width > 0)`;
    expect(await browser.evaluate(`${shown}.length`)).toBe(2);
    const fills = await browser.evaluate(
      `${shown}.map((svg) => svg.querySelector("rect").getAttribute("fill"))`,
    );
    expect(new Set(fills as string[])).toEqual(new Set([screen.scheme === "dark" ? "#12161c" : "#ffffff"]));
  });

  it("begins figures' words where headings begin", { timeout: 60_000 }, async () => {
    for (const width of [1400, 420]) {
      await browser.open(url, { width, scheme: "light" });
      const left = (of: string): string =>
        `[...document.querySelectorAll("${of}")].map((e) => e.getBoundingClientRect()).filter((b) => b.width > 0)[0].left`;
      const [heading, title, table] = await Promise.all(
        ["h2", "figure svg text", "table"].map((of) => browser.evaluate(left(of))),
      );
      expect(table).toBe(heading);
      expect(Math.abs(Number(title) - Number(heading))).toBeLessThan(2);
    }
  });
});
