/** Trajectories in a small panel each: the gold label's thick, the others' thin. */

import { epochDomain, epochTicks } from "./epoch-ticks.js";
import { round } from "./round.js";
import { escapeXml, wrapText } from "./svg-text.js";
import type { Theme } from "./theme.js";
import type { Trajectory } from "./trajectory.js";

const gutter = 22;
const between = 16;
const head = 32;
const foot = 28;

export function trajectoriesApart(
  theme: Theme,
  trajectories: readonly Trajectory[],
  box: { readonly left: number; readonly top: number; readonly width: number },
): { svg: string; height: number } {
  const room = box.width - gutter;
  const columns = Math.max(
    1,
    Math.min(trajectories.length, Math.floor((room + between) / (150 + between)), 6),
  );
  const width = Math.floor(Math.min(340, (room - (columns - 1) * between) / columns));
  const height = Math.round(width * 0.66);
  const epochs = Math.max(...trajectories.map(({ probabilities }) => probabilities.length));
  const cells = trajectories.map((trajectory, index) => {
    const left = box.left + gutter + (index % columns) * (width + between);
    const top = box.top + Math.floor(index / columns) * (head + height + foot) + head;
    return trajectoryCell(theme, trajectory, epochs, { left, top, width, height }, index % columns === 0);
  });
  const rows = Math.ceil(trajectories.length / columns);
  const bottom = box.top + rows * (head + height + foot);
  const axis = `<text x="${box.left + gutter}" y="${bottom + 4}" font-size="11" fill="${theme.ink}">epoch across, probability up</text>`;
  return { svg: [...cells, axis].join("\n"), height: bottom + 6 - box.top };
}

function trajectoryCell(
  theme: Theme,
  { id, note, probabilities, others = [] }: Trajectory,
  epochs: number,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  ticksUp: boolean,
): string {
  const [from, to] = epochDomain(epochs);
  const x = (epoch: number): number => round(left + 4 + ((epoch - from) / (to - from)) * (width - 8));
  const y = (p: number): number => round(top + (1 - p) * height);
  const colour = theme.series[0] ?? theme.ink;
  const names = wrapText(note === undefined ? id : `${id} · ${note}`, 11, width, 2);
  const tick = (across: number, down: number, anchor: string, text: string): string =>
    `<text x="${across}" y="${down}" font-size="9.5" text-anchor="${anchor}" fill="${theme.faint}">${text}</text>`;
  const rule = (p: number): string =>
    `<line x1="${left}" x2="${left + width}" y1="${y(p)}" y2="${y(p)}" stroke="${theme.rule}" stroke-opacity="0.7"/>`;
  return [
    ...names.map(
      (line, i) =>
        `<text x="${left}" y="${top - 7 - (names.length - 1 - i) * 13}" font-size="11" fill="${theme.ink}">${escapeXml(line)}</text>`,
    ),
    ...[0, 0.5, 1].map(rule),
    ...others.map((values) =>
      line(values, x, y, `stroke="${theme.faint}" stroke-width="1" stroke-opacity="0.7"`),
    ),
    line(probabilities, x, y, `stroke="${colour}" stroke-width="2"`),
    ...probabilities.flatMap((p, epoch) =>
      Number.isFinite(p) ? [`<circle cx="${x(epoch)}" cy="${y(p)}" r="2.4" fill="${colour}"/>`] : [],
    ),
    ...(ticksUp ? ["0", "0.5", "1"].map((text) => tick(left - 5, y(Number(text)) + 3, "end", text)) : []),
    ...epochTicks(epochs, width).map((epoch) => tick(x(epoch), top + height + 13, "middle", String(epoch))),
  ].join("\n");
}

/** Breaks where a value is lacking. */
function line(
  values: readonly number[],
  x: (epoch: number) => number,
  y: (p: number) => number,
  stroke: string,
): string {
  let drawn = "";
  let on = false;
  values.forEach((p, epoch) => {
    const known = Number.isFinite(p);
    if (known) drawn += `${on ? "L" : "M"}${x(epoch)},${y(p)}`;
    on = known;
  });
  return drawn === "" ? "" : `<path d="${drawn}" fill="none" ${stroke} stroke-linejoin="round"/>`;
}
