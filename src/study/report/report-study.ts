/** From a study's folder to its report: reads, analyses, and puts together. Writing is `writeReport`'s. */

import { analyse, type Analysis, type AnalysisOptions } from "../results/analysis.js";
import { readFindings } from "../built-in/findings.js";
import { readStudy } from "../folder/read-study.js";
import { buildReport } from "./build-report.js";
import { foundTable } from "./found-tables.js";
import { mapFigures } from "./map-figures.js";
import { mixtureFigures } from "./mixture-figures.js";
import { provenanceOf } from "./provenance.js";
import { searchFigures } from "./search-figures.js";
import { searchFinals } from "./search-finals.js";
import { transferFigures } from "./transfer-figures.js";
import type { Report } from "./report.js";

/** @throws UserError where the folder holds no study, or no results yet */
export async function reportStudy(
  folder: string,
  options: Omit<AnalysisOptions, "declared" | "comparisons"> = {},
): Promise<{ readonly report: Report; readonly analysis: Analysis }> {
  const study = await readStudy(folder);
  const findings = await readFindings(folder);
  const finals = searchFinals(study, findings);
  const results = finals === null ? study : { ...study, results: finals.results };
  const declared = finals?.declared ?? study.manifest.spec.primary;
  const analysis = await analyse(results, { ...options, declared });
  const searches = searchFigures(findings);
  const report = buildReport(analysis, provenanceOf(study), {
    figures: [
      ...searches,
      ...transferFigures(findings),
      ...(searches.length > 0 ? [] : mixtureFigures(analysis, study.manifest.arms)),
      ...(await mapFigures(study)),
    ],
    tables: findings.map(foundTable),
    said: finals?.said,
  });
  return { report, analysis };
}
