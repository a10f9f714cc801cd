/** The tables that built-in studies left in a study's folder, read back for its report. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FoundTable, Value } from "./findings.js";

/** Which tables there can be, in the order of a report. Their files hold numbers alone. */
const known: readonly Pick<FoundTable, "name" | "title" | "notes">[] = [
  {
    name: "mix-collapse",
    title: "Ambiguous sets, and how many of their cells are not optimised",
    notes: ["The smallest that collapses was mixed into; where none does, 17 %."],
  },
  {
    name: "transfer",
    title: "Gain in points of accuracy over a random set of the same size, and its cost",
    notes: [
      "± is half of the 95 % interval over replicates. Together: what a first training costs with its map; 100 %: training on everything once.",
    ],
  },
  {
    name: "transfer-diagonal",
    title: "Mean gain in points where the map is of the model that trains, and where it is not",
    notes: ["Another model: with all its epochs or its first ones."],
  },
  {
    name: "search-surface",
    title: "The best mixture at each size: quadratic surface over the shares",
    notes: [
      "Within one error: the least and the largest share among the mixtures that the surface cannot tell from the best.",
    ],
  },
  {
    name: "search-finalists",
    title:
      "The finalists with fresh seeds: accuracy, and the gain in points over a random set of the same size",
    notes: [
      "The first was chosen. Its criterion is too good, as the best of many; the columns of fresh seeds are not.",
    ],
  },
  {
    name: "search-oracle",
    title: "What would have been chosen by test sets that the search did not look at",
    notes: ["An oracle that looks picks luck too: a part of the loss is that."],
  },
  {
    name: "stability",
    title: "What maps of the same data with other seeds have in common, each two of them",
    notes: [
      "The shared part is how much of one selection stands in the other; by chance, as much as the selection is of the whole.",
    ],
  },
];

/** Those that the folder has. */
export async function readFindings(folder: string): Promise<FoundTable[]> {
  const found: FoundTable[] = [];
  for (const table of known) {
    const text = await readFile(join(folder, `${table.name}.csv`), "utf8").catch(() => null);
    const [columns, ...rows] = text === null ? [] : parseCsv(text);
    if (columns !== undefined) found.push({ ...table, columns, rows: rows.map((row) => row.map(valueOf)) });
  }
  return found;
}

function valueOf(text: string): Value {
  if (text === "") return null;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/** RFC 4180, as `writeFindings` writes it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = "", end = ""] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    if (end === "" && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
