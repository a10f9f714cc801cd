/** A study's arms and how far each is, for a terminal. Where not all fit, those that run and that are to come are shown. */

import type { ArmProgress } from "../study/plan/progress.js";
import { bar, counted, oneLine, table } from "./format.js";

const widestArm = 60;
const barCells = 20;
/** From this many columns on there is room for a bar. */
const roomForBars = 100;

/**
 * @param width columns
 * @param most lines, at least 3; all where none is given
 */
export function armTable(arms: readonly ArmProgress[], width: number, most = Infinity): string[] {
  const budgets = new Set(arms.map(({ budget }) => budget));
  const room = Math.max(1, most - 2);
  const shown = arms.length + 1 <= most ? arms : urgent(arms, room);
  const hidden = arms.filter((arm) => !shown.includes(arm));
  const has = (field: "failed" | "running"): boolean => arms.some((arm) => arm[field] > 0);
  const bars = width >= roomForBars;
  const right = { align: "right" as const };
  const columns = [
    { title: "arm" },
    { title: "done", ...right },
    ...(bars ? [{ title: "" }] : []),
    ...(has("running") ? [{ title: "running", ...right }] : []),
    ...(has("failed") ? [{ title: "failed", ...right }] : []),
  ];
  const some = (n: number): string => (n > 0 ? String(n) : "");
  const rows = shown.map(({ arm, budget, done, failed, running, total }) => [
    oneLine(arm, Math.min(widestArm, Math.max(20, width - 44))) + (budgets.size > 1 ? `, by ${budget}` : ""),
    `${done} of ${total}`,
    ...(bars ? [bar(total === 0 ? 0 : done / total, barCells).padEnd(barCells, "·")] : []),
    ...(has("running") ? [some(running)] : []),
    ...(has("failed") ? [some(failed)] : []),
  ]);
  return [...table(columns, rows).split("\n"), ...(hidden.length > 0 ? [`  ${hiddenText(hidden)}`] : [])];
}

/** Those that run, then those that are not finished, then the others; in the order of the study. */
function urgent(arms: readonly ArmProgress[], count: number): readonly ArmProgress[] {
  const rank = ({ running, done, failed, total }: ArmProgress): number =>
    running > 0 ? 0 : done + failed < total ? 1 : 2;
  const chosen = new Set(
    [...arms.entries()]
      .sort(([i, a], [j, b]) => rank(a) - rank(b) || i - j)
      .slice(0, count)
      .map(([i]) => i),
  );
  return arms.filter((_, i) => chosen.has(i));
}

function hiddenText(hidden: readonly ArmProgress[]): string {
  const finished = hidden.filter(({ done, total }) => done === total).length;
  const said =
    finished === 0 ? "" : finished === hidden.length ? ", finished" : `, ${finished} of them finished`;
  return `and ${counted(hidden.length, "more arms")}${said}`;
}
