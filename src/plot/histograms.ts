/** The histograms beside a map: confidence, variability and, where it is known, correctness. */

import * as Plot from "@observablehq/plot";
import type { DataMap } from "../map/map.js";
import type { Area, Extent } from "./area.js";
import { correctnessLevels, hasCorrectness } from "./correctness-levels.js";
import { histogram } from "./density.js";
import { acrossTicks, shortNumber } from "./map-axes.js";
import { panel } from "./panel.js";
import { correctnessColour, type Theme } from "./theme.js";

const bins = 25;
const centred = { labelAnchor: "center", labelArrow: "none" } as const;

/** SVG of the histograms, one below the other. */
export function histograms(theme: Theme, map: DataMap, across: Extent, box: Area): string {
  const unit: Extent = { from: 0, to: 1 };
  const draw: ((box: Area) => string)[] = [
    (own) => valuesPanel(theme, "confidence", map.confidence, unit, [0, 0.2, 0.4, 0.6, 0.8, 1], own),
    (own) => valuesPanel(theme, "variability", map.variability, across, acrossTicks(across), own),
  ];
  if (hasCorrectness(map.correctness)) draw.push((own) => correctnessPanel(theme, map, own));
  // The room of a histogram that is lacking stays free: the others keep their shape.
  const height = Math.floor(box.height / 3);
  return draw.map((panelAt, i) => panelAt({ ...box, top: box.top + i * height, height })).join("\n");
}

function valuesPanel(
  theme: Theme,
  label: string,
  values: Float64Array,
  extent: Extent,
  ticks: number[],
  box: Area,
): string {
  const counts = histogram(values, extent, bins);
  const step = (extent.to - extent.from) / bins;
  const bars = Array.from(counts, (n, i) => ({
    from: extent.from + i * step,
    to: extent.from + (i + 1) * step,
    n,
  }));
  return panel(theme, box.left, box.top, {
    ...frameOf(box),
    x: { domain: [extent.from, extent.to], label, ...centred, ticks, tickFormat: shortNumber },
    y: countAxis(counts),
    marks: [
      Plot.rectY(bars, { x1: "from", x2: "to", y: "n", fill: theme.bar, insetLeft: 0.5, insetRight: 0.5 }),
      Plot.ruleY([0], { stroke: theme.faint }),
    ],
  });
}

/** Correctness takes epochs + 1 values: a bar each up to twenty epochs, in the colour that the map gives it; twentieths beyond. */
function correctnessPanel(theme: Theme, { correctness, epochs }: DataMap, box: Area): string {
  const levels = correctnessLevels(epochs);
  const steps = epochs < 1 ? levels.steps : Math.min(20, epochs);
  const counts = new Uint32Array(steps + 1);
  for (const share of correctness)
    if (share >= 0) counts[Math.max(0, Math.min(steps, Math.round(share * steps)))]!++;
  const bars = Array.from(counts, (n, i) => ({
    share: i / steps,
    n,
    fill: correctnessColour(theme, levels.level(i / steps) / levels.steps),
  }));
  const ticks = Array.from({ length: levels.steps + 1 }, (_, level) => level / levels.steps);
  const half = (box.width > 500 ? 0.3 : 0.42) / steps;
  return panel(theme, box.left, box.top, {
    ...frameOf(box),
    x: {
      domain: [-0.5 / steps, 1 + 0.5 / steps],
      label: "correctness",
      ...centred,
      ticks,
      tickFormat: (share: number) => share.toFixed(1),
    },
    y: countAxis(counts),
    marks: [
      Plot.rectY(bars, {
        x1: ({ share }: { share: number }) => share - half,
        x2: ({ share }: { share: number }) => share + half,
        y: "n",
        fill: "fill",
      }),
      Plot.ruleY([0], { stroke: theme.faint }),
    ],
  });
}

/** Size and margins of a small panel beside a map. */
export function frameOf({
  width,
  height,
}: Area): { width: number; height: number } & Record<`margin${string}`, number> {
  return { width, height, marginLeft: 44, marginRight: 12, marginTop: 24, marginBottom: 42 };
}

function countAxis(counts: Uint32Array): Plot.ScaleOptions {
  const most = counts.reduce((max, n) => Math.max(max, n), 1);
  return {
    domain: [0, most],
    label: "examples",
    labelAnchor: "top",
    labelArrow: "none",
    ticks: Math.min(4, most),
    tickFormat: shortCount,
    nice: true,
  };
}

/** 1500 -> 1.5k. Nothing between whole counts. */
export function shortCount(n: number): string {
  if (n >= 1e6) return `${Number((n / 1e6).toFixed(2))}M`;
  if (n >= 1e3) return `${Number((n / 1e3).toFixed(2))}k`;
  return Number.isInteger(n) ? String(n) : "";
}
