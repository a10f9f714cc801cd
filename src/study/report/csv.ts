/** A report's numbers as CSV (RFC 4180), unrounded, for a spreadsheet or another program. */

import type { Analysis } from "../results/analysis.js";

type Value = string | number | boolean | null;

/** One line an arm and test set. */
export function scoresCsv({ arms, tests, scores }: Analysis): string {
  const arm = new Map(arms.map((own) => [own.key, own]));
  const test = new Map(tests.map((own) => [own.name, own]));
  return csv(
    scores.map((score) => {
      const { title, by, fraction, balanced, mixBy, mixShare, mapTrainer, trainer, budget, n } = arm.get(
        score.arm,
      )!;
      const { kind, size, majority } = test.get(score.test)!;
      const { states } = score;
      return {
        ...{ arm: title, by, fraction, balanced, mix_by: mixBy, mix_share: mixShare },
        ...{ map_trainer: mapTrainer, trainer, budget, n, test: score.test, kind },
        ...{ test_size: size, test_majority: majority, replicates: score.replicates },
        ...{
          accuracy: score.accuracy,
          deviation: score.deviation,
          low: score.interval.low,
          high: score.interval.high,
        },
        ...{
          accuracy_ok: score.accuracyOk,
          macro_f1: score.macroF1,
          matthews: score.matthews,
          loss: score.loss,
        },
        ...{ train_accuracy: score.trainAccuracy, above_chance: score.aboveChance, ok: states.ok ?? 0 },
        ...{ not_optimised: states["not-optimised"] ?? 0, one_class: states["one-class"] ?? 0 },
        ...{ overfit: states.overfit ?? 0, anti_learned: states["anti-learned"] ?? 0 },
      };
    }),
  );
}

/** One line a comparison. */
export function comparisonsCsv({ arms, comparisons }: Analysis): string {
  const title = new Map(arms.map((own) => [own.key, own.title]));
  const ok = (states: { readonly ok?: number | undefined }): number => states.ok ?? 0;
  return csv(
    comparisons.map((row) => ({
      ...{ family: row.family, test: row.test, kind: row.kind },
      ...{
        arm: title.get(row.arm) ?? row.arm,
        against: title.get(row.against) ?? row.against,
        replicates: row.replicates,
      },
      ...{
        mean: row.mean,
        against_mean: row.againstMean,
        difference: row.difference,
        difference_ok: row.differenceOk,
      },
      ...{ bootstrap_low: row.bootstrap.low, bootstrap_high: row.bootstrap.high },
      ...{ t_low: row.t?.low ?? null, t_high: row.t?.high ?? null, p: row.p, adjusted: row.adjusted },
      ...{
        detectable: row.detectable,
        equivalent: row.equivalent,
        matthews_difference: row.matthewsDifference,
      },
      ...{ above_chance: row.armAboveChance, against_above_chance: row.againstAboveChance },
      ...{
        ok: ok(row.armStates),
        against_ok: ok(row.againstStates),
        verdict: row.verdict,
        because: row.because,
      },
    })),
  );
}

function csv(rows: readonly Readonly<Record<string, Value>>[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const lines = [Object.keys(first), ...rows.map((row) => Object.values(row).map(field))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

function field(value: Value): string {
  if (value === null || (typeof value === "number" && !Number.isFinite(value))) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
