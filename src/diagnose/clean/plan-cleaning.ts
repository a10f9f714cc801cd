/** What becomes of the examples that were reviewed: as plain data, each change with its reason. */

import { standingVerdicts, type Verdict } from "../review/verdicts.js";

export interface Change {
  readonly id: string;
  readonly from: string;
  /** The new label; null: the example is left out. */
  readonly to: string | null;
  /** `verdict of ann`, `suspect with probability 0.97` */
  readonly why: string;
  readonly note?: string | undefined;
}

export interface CleaningPlan {
  readonly changes: readonly Change[];
  /** Ids about which reviewers disagree without a majority: they stay as they are. */
  readonly disputed: readonly string[];
}

export interface CleaningRequest {
  readonly ids: readonly string[];
  /** The name of each example's label. */
  readonly labels: readonly string[];
  readonly verdicts: readonly Verdict[];
  /** Whose verdicts count. Default: of all, where more than half of those who judged an example say the same. */
  readonly reviewer?: string | undefined;
  /** What becomes of ambiguous examples. Default: keep. */
  readonly unsure?: "keep" | "drop" | undefined;
  /** Suspects that are left out where nobody has judged them, each with the probability that its label is wrong. Default: none. */
  readonly drop?: ReadonlyMap<string, number> | undefined;
}

export function planCleaning(request: CleaningRequest): CleaningPlan {
  const { ids, labels, verdicts, reviewer, unsure = "keep", drop = new Map<string, number>() } = request;
  const standing = standingVerdicts(verdicts);
  const counted = [...standing].filter(([name]) => reviewer === undefined || name === reviewer);
  const changes: Change[] = [];
  const disputed: string[] = [];
  ids.forEach((id, row) => {
    const from = labels[row]!;
    const said = counted.flatMap(([, own]) => own.get(id) ?? []);
    if (said.length === 0) {
      const probability = drop.get(id);
      if (probability !== undefined)
        changes.push({ id, from, to: null, why: `suspect with probability ${probability.toFixed(3)}` });
      return;
    }
    const outcomes = said.map((verdict) => outcome(verdict, unsure));
    const winner = outcomes.find(
      (one) => 2 * outcomes.filter((other) => other === one).length > outcomes.length,
    );
    if (winner === undefined) return void disputed.push(id);
    if (winner === "keep") return;
    const who = said.filter((_, i) => outcomes[i] === winner);
    const to = who[0]?.verdict === "relabel" ? who[0].label! : null;
    if (to === from) return;
    const notes = who.flatMap(({ note }) => note ?? []);
    const why = `verdict of ${who.map((verdict) => verdict.reviewer).join(", ")}`;
    changes.push({ id, from, to, why, ...(notes.length > 0 && { note: notes.join("; ") }) });
  });
  return { changes, disputed };
}

/** Outcomes are the same where this text is. */
function outcome({ verdict, label }: Verdict, unsure: "keep" | "drop"): string {
  if (verdict === "unsure") return unsure;
  return verdict === "relabel" ? `relabel ${JSON.stringify(label)}` : verdict;
}
