/** Probabilities of each detector's scores: isotonic and Platt, judged on seeds that they were not learned from, kept as learned from all. */

import { join } from "node:path";
import { writeFileAtomically } from "../../core/files.js";
import { fitIsotonic, isotonicAt } from "../measure/isotonic.js";
import { fitPlatt, plattAt } from "../measure/platt.js";
import type { Calibration } from "./calibration.js";

/** One injection's scores. */
export interface ScoredCell {
  readonly seed: number;
  readonly scores: ReadonlyMap<string, Float64Array>;
  /** 1 where the label was flipped. */
  readonly flipped: Uint8Array;
}

/** Brier scores, each cell's by what was learned from the other seeds. */
export interface CalibrationJudged {
  /** Of isotonic probabilities. */
  readonly brier: number;
  /** Of Platt's. */
  readonly plattBrier: number;
  /** Of knowing the share of flips alone. */
  readonly ofRate: number;
}

/** Writes `calibration.json` into the study's folder. @returns how good each detector's probabilities are */
export async function calibrate(
  cells: readonly ScoredCell[],
  out: string,
  deep: boolean,
): Promise<Readonly<Record<string, CalibrationJudged>>> {
  const judged: Record<string, CalibrationJudged> = {};
  const detectors: Record<string, Calibration["detectors"][string]> = {};
  const share = mean(flips(cells));
  for (const name of cells[0]?.scores.keys() ?? []) {
    const errors = cells.map((cell) => {
      const others = cells.filter(({ seed }) => seed !== cell.seed);
      const scores = cell.scores.get(name)!;
      const isotonic = fitIsotonic(scoresOf(others, name), flips(others));
      const platt = fitPlatt(scoresOf(others, name), flips(others));
      const brier = (probability: (score: number) => number): number =>
        mean(
          scores.map(
            (score, row) => ((Number.isNaN(score) ? share : probability(score)) - cell.flipped[row]!) ** 2,
          ),
        );
      const own = mean(cell.flipped);
      return {
        brier: brier((score) => isotonicAt(isotonic, score)),
        plattBrier: brier((score) => plattAt(platt, score)),
        ofRate: own * (1 - own),
      };
    });
    const over = (of: keyof CalibrationJudged): number => mean(errors.map((error) => error[of]));
    judged[name] = { brier: over("brier"), plattBrier: over("plattBrier"), ofRate: over("ofRate") };
    const { scores, probabilities } = fitIsotonic(scoresOf(cells, name), flips(cells));
    detectors[name] = {
      scores: [...scores],
      probabilities: [...probabilities],
      platt: fitPlatt(scoresOf(cells, name), flips(cells)),
      better: judged[name].plattBrier < judged[name].brier ? "platt" : "isotonic",
    };
  }
  const calibration: Calibration = { format: 1, deep, prior: share, detectors };
  await writeFileAtomically(join(out, "calibration.json"), `${JSON.stringify(calibration)}\n`);
  return judged;
}

function scoresOf(cells: readonly ScoredCell[], name: string): Float64Array {
  return joined(cells.map(({ scores }) => scores.get(name)!));
}

function flips(cells: readonly ScoredCell[]): Float64Array {
  return joined(cells.map(({ flipped }) => flipped));
}

function joined(parts: readonly (Float64Array | Uint8Array)[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
