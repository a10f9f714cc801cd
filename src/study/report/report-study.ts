/** From a study's folder to its report: reads, analyses, and puts together. Writing is `writeReport`'s. */

import { analyse, type Analysis, type AnalysisOptions } from "../analysis.js";
import { readFindings } from "../built-in/read-findings.js";
import { readStudy } from "../read-study.js";
import { buildReport } from "./build-report.js";
import { foundTable } from "./found-tables.js";
import { mapFigures } from "./map-figures.js";
import { mixtureFigures } from "./mixture-figures.js";
import { provenanceOf } from "./provenance.js";
import { transferFigures } from "./transfer-figures.js";
import type { Report } from "./report.js";

/** @throws UserError where the folder holds no study, or no results yet */
export async function reportStudy(
  folder: string,
  options: Omit<AnalysisOptions, "declared" | "comparisons"> = {},
): Promise<{ readonly report: Report; readonly analysis: Analysis }> {
  const study = await readStudy(folder);
  const analysis = await analyse(study, { ...options, declared: study.manifest.spec.primary });
  const findings = await readFindings(folder);
  const figures = [
    ...transferFigures(findings),
    ...mixtureFigures(analysis, study.manifest.arms),
    ...(await mapFigures(study)),
  ];
  const found = findings.map(foundTable);
  const report = buildReport(analysis, provenanceOf(study), figures, found);
  return { report, analysis };
}
