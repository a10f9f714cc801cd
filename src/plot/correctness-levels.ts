/** Correctness in steps that eyes can tell apart: every number of correct epochs up to six epochs, fifths beyond (the paper's figure 1). */

export interface CorrectnessLevels {
  /** Levels are 0 ... steps; a level's share is level / steps. */
  readonly steps: number;
  /** The nearest level of a share in [0, 1]. */
  level(share: number): number;
  /** "0.0", "0.2", ... "1.0". */
  label(level: number): string;
}

/** @param epochs 0 where unknown */
export function correctnessLevels(epochs: number): CorrectnessLevels {
  const steps = epochs >= 1 && epochs <= 6 ? epochs : 5;
  return {
    steps,
    level: (share) => Math.max(0, Math.min(steps, Math.round(share * steps))),
    label: (level) => (level / steps).toFixed(1),
  };
}

export function hasCorrectness(correctness: Float64Array): boolean {
  return correctness.some((share) => share >= 0);
}
