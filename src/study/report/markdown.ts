/** A report as Markdown. */

import type { Report, ReportTable } from "./report.js";

/** @param figureFile where a figure lies, relative to the report */
export function markdownReport(report: Report, figureFile: (name: string) => string): string {
  const { title, findings, tables, figures, provenance, commands } = report;
  return `${[
    `# ${escape(title)}`,
    findings.map((line) => `- ${escape(line)}`).join("\n"),
    ...tables.map(markdownTable),
    ...figures.map(
      (figure) =>
        `## ${escape(figure.title)}\n\n![${escape(figure.title)}](${figureFile(figure.name)})\n\n${escape(figure.caption)}`,
    ),
    "## To repeat it",
    commands.map((line) => `    ${line}`).join("\n"),
    `| what | value |\n| --- | --- |\n${provenance.map(([what, value]) => `| ${escape(what)} | ${escape(value)} |`).join("\n")}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

export function markdownTable({ title, notes, columns, rows }: ReportTable): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escape).join(" | ")} |`;
  return [
    `## ${escape(title)}`,
    notes.map(escape).join("\n"),
    [
      row(columns.map((column) => column.title)),
      `| ${columns.map(({ align }) => (align === "right" ? "--:" : "---")).join(" | ")} |`,
      ...rows.map(row),
    ].join("\n"),
  ].join("\n\n");
}

/** No text of the data's can end a cell, or begin markup of its own. */
function escape(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~]/g, (character) => `\\${character}`);
}
