/** A report's tables as LaTeX, for `\input` in a paper that uses booktabs. */

import type { Report, ReportTable } from "./report.js";

export function latexReport({ title, tables, commands }: Report): string {
  const head = [
    `% ${comment(title)}`,
    ...commands.map((line) => `% ${comment(line)}`),
    "% \\usepackage{booktabs}",
  ];
  return `${[head.join("\n"), ...tables.map(latexTable)].join("\n\n")}\n`;
}

function latexTable({ name, title, notes, columns, rows }: ReportTable): string {
  const row = (cells: readonly string[]): string => `  ${cells.map(escape).join(" & ")} \\\\`;
  return [
    "\\begin{table*}\\centering\\small",
    `\\begin{tabular}{${columns.map(({ align }) => (align === "right" ? "r" : "l")).join("")}}`,
    "  \\toprule",
    row(columns.map((column) => column.title)),
    "  \\midrule",
    ...rows.map(row),
    "  \\bottomrule",
    "\\end{tabular}",
    `\\caption{${escape(title)}. ${notes.map(escape).join(" ")}}\\label{tab:${name}}`,
    "\\end{table*}",
  ].join("\n");
}

const special: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "±": "$\\pm$",
  "−": "$-$",
  "°": "$^\\circ$",
  Δ: "$\\Delta$",
  "<": "$<$",
  ">": "$>$",
};

function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\{}$&#%_^~±−°Δ<>]/g, (character) => special[character] ?? character);
}

function comment(text: string): string {
  return text.replace(/\s+/g, " ");
}
