/** A report as files in a folder: `report.md`, `report.tex`, `scores.csv` and `comparisons.csv`, `report.html`, and the figures beside. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../../core/files.js";
import { writeFigure } from "../../plot/render.js";
import { withDiskErrors } from "../../run/disk-error.js";
import type { Analysis } from "../results/analysis.js";
import { comparisonsCsv, scoresCsv } from "./csv.js";
import { reportFormats, type ReportFormat } from "./formats.js";
import { htmlReport } from "./html.js";
import { latexReport } from "./latex.js";
import { markdownReport } from "./markdown.js";
import type { Report } from "./report.js";

export interface WriteReportOptions {
  /** Default: all. */
  readonly formats?: readonly ReportFormat[] | undefined;
  /** Of the figures that stand beside `report.md`. Default: svg, png and pdf. */
  readonly figures?: readonly ("svg" | "png" | "pdf")[] | undefined;
}

/**
 * Writes the report. Each file is replaced when it is whole.
 *
 * @returns the paths, in the order of writing
 * @throws UserError where the folder cannot be written
 */
export async function writeReport(
  folder: string,
  report: Report,
  analysis: Analysis,
  options: WriteReportOptions = {},
): Promise<string[]> {
  const { formats = reportFormats, figures = ["svg", "png", "pdf"] } = options;
  const written: string[] = [];
  const write = async (name: string, text: string): Promise<void> => {
    if (text === "") return;
    await writeFileAtomically(join(folder, name), text);
    written.push(join(folder, name));
  };
  await withDiskErrors(folder, async () => {
    await mkdir(folder, { recursive: true });
    if (formats.includes("csv")) {
      await write("scores.csv", scoresCsv(analysis));
      await write("comparisons.csv", comparisonsCsv(analysis));
    }
    if (formats.includes("tex")) await write("report.tex", latexReport(report));
    if (formats.includes("html")) await write("report.html", htmlReport(report));
    if (formats.includes("md")) {
      for (const { name, draw } of report.figures) {
        for (const extension of figures) {
          const path = join(folder, `${name}.${extension}`);
          await writeFigure(path, draw("light"));
          written.push(path);
        }
      }
      await write(
        "report.md",
        markdownReport(report, (name) => `${name}.${figures[0] ?? "svg"}`),
      );
    }
  });
  return written;
}
