/** `alidade study report`: what a study found, as a table here and as files. */

import { join } from "node:path";
import { reportFormats } from "../../study/report/formats.js";
import { command } from "../command.js";
import { oneOf, repeated, text, wholeNumber } from "../flags.js";
import { reportText } from "../report-text.js";

const flags = {
  out: text("<folder>", "where the files go (default: report/ in the study)", { short: "o" }),
  format: repeated(oneOf(reportFormats, "write this one; several times for several (default: all)")),
  resamples: wholeNumber("<n>", "of the bootstrap (default: 4000, or more for many comparisons)", {
    min: 100,
    max: 1_000_000,
  }),
  seed: wholeNumber("<n>", "of the bootstrap (default: 0)", { min: 0, max: 2 ** 32 - 1 }),
};

export const studyReportCommand = command({
  name: "study report",
  summary:
    "what a study found: accuracies, declared comparisons with intervals and verdicts, figures; also of one that is not finished",
  arguments: "<folder>",
  flags,
  examples: [
    [
      "alidade study report studies/my-study",
      "prints the tables and writes md, tex, csv, html and the figures",
    ],
    ["alidade study report studies/my-study -o out --format html", "one page that needs nothing else"],
  ],
  async run([folder = ""], { out = join(folder, "report"), format, resamples, seed }, context) {
    const [{ reportStudy }, { writeReport }] = await Promise.all([
      import("../../study/report/report-study.js"),
      import("../../study/report/write-report.js"),
    ]);
    const { report, analysis } = await reportStudy(folder, { resamples, seed, signal: context.signal });
    const files = await writeReport(out, report, analysis, { formats: format });
    if (context.json) {
      const { scores, comparisons, failures, settings, tests } = analysis;
      const arms = analysis.arms.map(({ cells: _, ...arm }) => arm);
      return context.print(
        JSON.stringify({ arms, tests, scores, comparisons, failures, settings, files }, null, 2),
      );
    }
    context.print(`${reportText(report, context.width)}\n\nwrote ${files.length} files to ${out}`);
  },
});
