/** What a transfer study's maps gain against what a first training costs with them; maps of the model that trains are marked. */

import { plotCosts, type CostsData } from "../../plot/costs-figure.js";
import type { FoundTable } from "../built-in/findings.js";
import type { ReportFigure } from "./report.js";

const groups = [
  ["yes", "map of the model that trains"],
  ["first epochs", "its first epochs only"],
  ["no", "map of another model"],
] as const;

/** One figure where the study has the table `transfer`; else none. */
export function transferFigures(tables: readonly FoundTable[]): ReportFigure[] {
  const table = tables.find(({ name }) => name === "transfer");
  const data = table === undefined ? null : costsOf(table);
  if (data === null) return [];
  const title = "Gain over random against its cost";
  const caption =
    "Points of accuracy over a random set of the same size, against seconds of training with those of the map.";
  return [
    {
      ...{ name: "transfer", title, caption },
      draw: (theme, width) => plotCosts(data, { theme, width, title, subtitle: caption }),
    },
  ];
}

/** Null where no gain was measured. */
function costsOf({ columns, rows }: FoundTable): CostsData | null {
  const at = (name: string) => columns.indexOf(name);
  const panels = new Map<string, CostsData["panels"][number]["dots"][number][]>();
  for (const row of rows) {
    const [gain, half, cost] = [row[at("gain")], row[at("±")], row[at("together s")]];
    const group = groups.findIndex(([name]) => name === row[at("same model")]);
    if (typeof gain !== "number" || typeof cost !== "number" || !(cost > 0) || group < 0) continue;
    const interval = typeof half === "number" ? { low: gain - half, high: gain + half } : null;
    const test = String(row[at("test")]);
    panels.set(test, [...(panels.get(test) ?? []), { cost, value: gain, interval, group }]);
  }
  if (panels.size === 0) return null;
  return {
    panels: [...panels].map(([title, dots]) => ({ title, dots })),
    groups: groups.map(([, says]) => says),
    across: "seconds, map and training",
    up: "gain, points",
  };
}
