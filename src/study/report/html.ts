/**
 * A report as one HTML page that needs nothing else: no script, no request (its policy forbids them), figures as SVG in the page, in the
 * colours that the reader's system prefers, drawn for wide screens and once more for narrow ones.
 */

import type { Report, ReportFigure, ReportTable } from "./report.js";

export function htmlReport(report: Report): string {
  const { title, findings, tables, figures, provenance, commands } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<ul>${findings.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>
${figures.map(figureHtml).join("\n")}
${tables.map(tableHtml).join("\n")}
<section>
<h2>To repeat it</h2>
<pre>${commands.map(escape).join("\n")}</pre>
<div class="wide"><table><tbody>${provenance.map(([what, value]) => `<tr><th scope="row">${escape(what)}</th><td>${escape(value)}</td></tr>`).join("")}</tbody></table></div>
</section>
</main>
</body>
</html>
`;
}

/** Of a figure on a narrow screen, in pixels: a phone's. */
const narrow = 400;

/** The figure says its own title and caption. */
function figureHtml({ name, draw }: ReportFigure): string {
  const both = (width?: number): string =>
    (["light", "dark"] as const).map((theme) => `<div class="${theme}">${draw(theme, width)}</div>`).join("");
  return `<figure id="${escape(name)}"><div class="broad">${both()}</div><div class="slim">${both(narrow)}</div></figure>`;
}

function tableHtml({ name, title, notes, columns, rows }: ReportTable): string {
  const classes = columns.map(({ align }) => (align === "right" ? ' class="number"' : ""));
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td${classes[i] ?? ""}>${escape(cell)}</td>`).join("")}</tr>`,
  );
  return `<section id="table-${escape(name)}">
<h2>${escape(title)}</h2>
${notes.map((note) => `<p>${escape(note)}</p>`).join("\n")}
<div class="wide" role="region" tabindex="0" aria-label="${escape(title)}"><table>
<thead><tr>${columns.map((column, i) => `<th scope="col"${classes[i] ?? ""}>${escape(column.title)}</th>`).join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table></div>
</section>`;
}

/** As content or as a quoted attribute. Control characters that HTML forbids become the replacement character. */
function escape(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

const style = `
:root { --ground: #ffffff; --ink: #1c2430; --faint: #5b6675; --rule: #c9d0d9; --stripe: #f5f7f9 }
.dark { display: none }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161c; --ink: #e6eaf0; --faint: #9aa7b8; --rule: #3a4452; --stripe: #191f27 }
  .dark { display: block }
  .light { display: none }
}
.slim { display: none }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 'Open Sans', 'Helvetica Neue', Arial, sans-serif; overflow-wrap: anywhere }
main { max-width: 1000px; margin: 0 auto; padding: 24px 20px 60px }
h1 { font-size: 26px; font-weight: 600 } h2 { font-size: 18px; font-weight: 600; margin: 36px 0 6px } ul { padding-left: 20px }
p { color: var(--faint); margin: 4px 0 }
/* A figure's own margin: its words begin where the headings do. */
figure { margin: 28px -16px } figure svg { display: block; max-width: 100%; height: auto }
.wide { overflow-x: auto; margin-top: 10px }
table { border-collapse: collapse; font-size: 13px } th, td { padding: 4px 10px; text-align: left; border-bottom: 1px solid var(--rule); vertical-align: top }
td:first-child, th:first-child { padding-left: 0; min-width: 60px } thead ~ tbody td:not(.number) { min-width: 96px } thead ~ tbody td:last-child:not(.number) { min-width: 150px }
th { font-weight: 600 } thead th { border-bottom: 2px solid var(--rule); white-space: nowrap } tbody tr:nth-child(even) { background: var(--stripe) }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
pre { background: var(--stripe); border: 1px solid var(--rule); padding: 10px 12px; overflow-x: auto; overflow-wrap: normal }
@media (max-width: 760px) {
  .broad { display: none } .slim { display: block }
  main { padding: 12px 16px 40px } h1 { font-size: 22px }
  /* What a row is about stays in sight while the rest is scrolled. */
  thead ~ tbody td:first-child, thead th:first-child { position: sticky; left: 0; min-width: 110px; background: var(--ground); border-right: 1px solid var(--rule) }
  tbody tr:nth-child(even) td:first-child { background: var(--stripe) }
}
`;
