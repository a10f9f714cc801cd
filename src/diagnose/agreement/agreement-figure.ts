/** The map of the examples with votes, coloured by how far their annotators agree. */

import type { DataMap } from "../../map/map.js";
import { readMap } from "../../map/read-map.js";
import { plotValueMap, type ValueBin, type ValueMapFigureOptions } from "../../plot/value-map-figure.js";
import { resampled, estimate, once, type Statistic } from "./group-bootstrap.js";
import type { AgreementMeasure } from "./example-agreement.js";
import type { MeasuredAgreement } from "./measure-agreement.js";
import type { VotedExamples } from "./voted-examples.js";

const names: Readonly<Record<AgreementMeasure, string>> = {
  majority: "agreement",
  pairs: "agreement of pairs",
  gold: "votes for the gold label",
  entropy: "minus entropy",
};
const bins = 10;
const resamples = 400;

/** @returns an SVG document */
export async function agreementFigure(
  folder: string,
  { found, examples }: MeasuredAgreement,
  options: ValueMapFigureOptions = {},
): Promise<string> {
  const stored = await readMap(folder);
  const map = partOf(stored, examples.rows);
  const { agreement } = examples;
  const { confidence, variability } = stored.description.regions;
  const lowest = agreement.reduce((min, own) => Math.min(min, own), Infinity);
  const to = found.measure === "entropy" ? 0 : 1;
  const from = Math.floor(lowest * 10 + 1e-9) / 10;
  const { votes, run } = found;
  const each = votes.fewest === votes.most ? `${votes.most}` : `${votes.fewest} to ${votes.most}`;
  return plotValueMap(
    {
      map,
      name: names[found.measure],
      values: agreement,
      extent: { from: Math.min(from, to - 0.1), to },
      byConfidence: binned(map.confidence, examples, found.settings.seed),
      byVariability: binned(map.variability, examples, found.settings.seed),
    },
    {
      title: run.dataset,
      subtitle: `${votes.examples.toLocaleString("en-US")} examples with ${each} votes each · ${run.trainer ?? "imported"} · ${run.epochs} epochs · ${run.protocol}`,
      thresholds: { confidence, variability: typeof variability === "number" ? variability : null },
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    },
  );
}

function partOf(map: DataMap, rows: Int32Array): DataMap {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  return {
    size: rows.length,
    ids: Array.from(rows, (row) => map.ids[row]!),
    labels: Array.from(rows, (row) => map.labels[row] ?? null),
    confidence: pick(map.confidence),
    variability: pick(map.variability),
    correctness: pick(map.correctness),
    correctEpochs: pick(map.correctEpochs),
    epochs: map.epochs,
    regions: Uint8Array.from(rows, (row) => map.regions[row]!),
  };
}

/** Tenths of the examples by a coordinate: mean agreement of each, with an interval over groups. */
function binned(values: Float64Array, examples: VotedExamples, seed: number): ValueBin[] {
  const { agreement, size } = examples;
  const order = Int32Array.from(values.keys())
    .filter((i) => !Number.isNaN(values[i]) && !Number.isNaN(agreement[i]))
    .sort((a, b) => values[a]! - values[b]!);
  const parts = Array.from({ length: bins }, (_, bin) =>
    order.subarray(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins)),
  ).filter((part) => part.length > 0);
  const mean =
    (part: Int32Array): Statistic =>
    (weights) => {
      let [sum, all] = [0, 0];
      for (const i of part) {
        sum += weights[i]! * agreement[i]!;
        all += weights[i]!;
      }
      return all === 0 ? NaN : sum / all;
    };
  const means = parts.map(mean);
  const drawn = resampled(examples, means, { resamples, seed });
  return parts.map((part, at) => {
    const found = estimate(means[at]!(once(size)), drawn[at]!)!;
    return {
      at: part.reduce((sum, i) => sum + values[i]!, 0) / part.length,
      mean: found.value,
      interval: found.interval,
    };
  });
}
