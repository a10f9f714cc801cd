/** What a review has found: of the suspects, of the examples drawn blind from the others, and of the whole dataset. */

import type { Interval } from "../../study/statistics/interval.js";
import { cohenKappa } from "../measure/cohen-kappa.js";
import { wilson } from "../measure/wilson.js";
import type { ReviewQueue } from "./queue.js";
import { standingVerdicts, type Verdict } from "./verdicts.js";

export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  /** Wilson's, 95 %. */
  readonly interval: Interval;
}

export interface StratumSummary {
  /** In the queue. */
  readonly queued: number;
  readonly reviewed: number;
  /** The label is not right: relabelled or dropped. */
  readonly wrong: Share;
  /** More than one label could be meant. */
  readonly ambiguous: Share;
  readonly wrongOrAmbiguous: Share;
}

export interface ReviewSummary {
  readonly suspects: StratumSummary;
  /** Examples that no detector suspected, drawn at random and shown unmarked. */
  readonly others: StratumSummary;
  /**
   * How many labels of the dataset are wrong: those among the suspects counted, those among the others by the sample (each stands for others /
   * reviewed of them). null until all suspects and some of the others are reviewed.
   */
  readonly dataset: { readonly rate: number; readonly interval: Interval } | null;
  readonly reviewers: readonly { readonly name: string; readonly reviewed: number }[];
  /** Of every two reviewers. */
  readonly agreement: readonly PairAgreement[];
}

export interface PairAgreement {
  readonly reviewers: readonly [string, string];
  /** Examples that both judged. */
  readonly shared: number;
  /** Cohen 1960, on wrong, ambiguous and right; null where it is not defined (nothing shared, or both always say the same one thing). */
  readonly kappa: number | null;
  /** Ids that they judge differently; another new label counts as different. */
  readonly disagreements: readonly string[];
}

type Finding = "right" | "ambiguous" | "wrong";

const findings: Readonly<Record<Exclude<Verdict["verdict"], "retract">, Finding>> = {
  keep: "right",
  unsure: "ambiguous",
  relabel: "wrong",
  drop: "wrong",
};

/** @param reviewer whose verdicts count; null: of all, by majority (a tie counts as ambiguous) */
export function summariseReview(
  queue: ReviewQueue,
  verdicts: readonly Verdict[],
  reviewer: string | null = null,
): ReviewSummary {
  const standing = standingVerdicts(verdicts);
  const counted =
    reviewer === null ? [...standing.values()] : [standing.get(reviewer) ?? new Map<string, Verdict>()];
  const found = new Map<string, Finding>();
  for (const { id } of queue.items) {
    const said = counted.flatMap((own) => (own.has(id) ? [findingOf(own.get(id)!)] : []));
    const finding = majority(said);
    if (finding !== null) found.set(id, finding);
  }
  const suspects = stratum(queue, "suspect", found);
  const others = stratum(queue, "random", found);
  const names = [...standing.keys()].sort();
  return {
    suspects,
    others,
    dataset: datasetRate(queue.size, suspects, others),
    reviewers: names.map((name) => ({ name, reviewed: standing.get(name)?.size ?? 0 })),
    agreement: names.flatMap((a, i) =>
      names.slice(i + 1).map((b) => pairAgreement([a, b], standing.get(a)!, standing.get(b)!)),
    ),
  };
}

export function findingOf({ verdict }: Verdict): Finding {
  return verdict === "retract" ? "right" : findings[verdict];
}

function majority(said: readonly Finding[]): Finding | null {
  if (said.length === 0) return null;
  const count = (finding: Finding): number => said.filter((one) => one === finding).length;
  const winner = (["right", "ambiguous", "wrong"] as const).find(
    (finding) => 2 * count(finding) > said.length,
  );
  return winner ?? "ambiguous";
}

function stratum(
  { items }: ReviewQueue,
  from: "suspect" | "random",
  found: ReadonlyMap<string, Finding>,
): StratumSummary {
  const own = items.filter((item) => item.from === from);
  const said = own.flatMap(({ id }) => found.get(id) ?? []);
  const shareOf = (counts: (finding: Finding) => boolean): Share => {
    const count = said.filter(counts).length;
    const of = said.length;
    return { count, of, share: of === 0 ? NaN : count / of, interval: wilson(count, of) };
  };
  return {
    queued: own.length,
    reviewed: said.length,
    wrong: shareOf((finding) => finding === "wrong"),
    ambiguous: shareOf((finding) => finding === "ambiguous"),
    wrongOrAmbiguous: shareOf((finding) => finding !== "right"),
  };
}

function datasetRate(
  size: number,
  suspects: StratumSummary,
  others: StratumSummary,
): ReviewSummary["dataset"] {
  if (suspects.reviewed < suspects.queued || others.reviewed === 0) return null;
  const rest = size - suspects.queued;
  const rate = (share: number): number => (suspects.wrong.count + rest * share) / size;
  const { share, interval } = others.wrong;
  return { rate: rate(share), interval: { low: rate(interval.low), high: rate(interval.high) } };
}

function pairAgreement(
  reviewers: readonly [string, string],
  first: ReadonlyMap<string, Verdict>,
  second: ReadonlyMap<string, Verdict>,
): PairAgreement {
  const shared = [...first.keys()].filter((id) => second.has(id));
  const findings = ["right", "ambiguous", "wrong"] as const;
  const of = (verdicts: ReadonlyMap<string, Verdict>): number[] =>
    shared.map((id) => findings.indexOf(findingOf(verdicts.get(id)!)));
  return {
    reviewers,
    shared: shared.length,
    kappa: cohenKappa(of(first), of(second)),
    disagreements: shared.filter((id) => {
      const [a, b] = [first.get(id)!, second.get(id)!];
      return a.verdict !== b.verdict || a.label !== b.label;
    }),
  };
}
