/** What is said of a claim, and how verdicts of parts make that of the whole. */

export type ClaimVerdict = "holds" | "fails" | "inconclusive" | "not testable" | "untested";

/** One number that speaks for a claim, against it, or neither. */
export interface Evidence {
  readonly dataset: string;
  readonly test: string;
  /** `ambiguous 33 % less 100 %` */
  readonly what: string;
  /** `points`: of accuracy. `points per doubling`: of a slope. `cells`: a count. */
  readonly unit: "points" | "points per doubling" | "cells";
  /** A difference or slope as a share; of cells, how many of the arm failed. */
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Replicates. */
  readonly n: number;
  readonly p: number | null;
  readonly adjusted: number | null;
  /** `beside`: told with the others, decides nothing. */
  readonly speaks: "for" | "against" | "neither" | "not testable" | "beside";
  /** Why it speaks so, where the numbers do not say it. */
  readonly because: string | null;
  /** Surely smaller than the margin, where that was tested. */
  readonly equivalent?: boolean;
}

export interface DatasetDecision {
  readonly dataset: string;
  readonly verdict: ClaimVerdict;
  readonly reason: string | null;
  readonly tests: readonly { readonly test: string; readonly verdict: ClaimVerdict }[];
}

export interface ClaimDecision {
  readonly id: string;
  /** SHA-256 of the claim as it stood when it was decided. */
  readonly rule: string;
  readonly verdict: ClaimVerdict;
  readonly reason: string | null;
  readonly datasets: readonly DatasetDecision[];
  readonly evidence: readonly Evidence[];
  /** Of the studies that were read. */
  readonly trainers: readonly string[];
  readonly commands: readonly string[];
}

/** All must speak for it; one against is enough; one that cannot be tested leaves it untestable. */
export function testVerdict(evidence: readonly Evidence[]): ClaimVerdict {
  const speaks = evidence.map((own) => own.speaks).filter((own) => own !== "beside");
  if (speaks.length === 0 || speaks.includes("not testable")) return "not testable";
  if (speaks.includes("against")) return "fails";
  return speaks.every((own) => own === "for") ? "holds" : "inconclusive";
}

/** Holds where more than half of what is testable holds and none fails; fails the other way round; else inconclusive. */
export function combine(verdicts: readonly ClaimVerdict[]): ClaimVerdict {
  const testable = verdicts.filter((verdict) => verdict !== "not testable" && verdict !== "untested");
  if (testable.length === 0) return verdicts.includes("not testable") ? "not testable" : "untested";
  const holds = testable.filter((verdict) => verdict === "holds").length;
  const fails = testable.filter((verdict) => verdict === "fails").length;
  if (fails === 0 && holds * 2 > testable.length) return "holds";
  if (holds === 0 && fails * 2 > testable.length) return "fails";
  return "inconclusive";
}
