/** Decides claims from studies' results, by the rules that stand in the claims file: nothing here knows what came out. */

import { createHash } from "node:crypto";
import { analyse, type Analysis } from "../results/analysis.js";
import { armsOf, mainBudget, testsOf, type Arm, type TestSet } from "../results/arms.js";
import { placeOf, sameShare, type Comparison } from "../results/comparison.js";
import { decide, type ComparisonRow } from "../results/comparison-row.js";
import type { Region } from "../../map/map.js";
import type { StudyResults } from "../results/results.js";
import { holm } from "../statistics/adjust.js";
import type { Claim, ClaimArm, ClaimsFile } from "./claims-file.js";
import { agreementEvidence, type AgreementFacts } from "./agreement-facts.js";
import { collapsedFraction, collapseEvidence } from "./collapse.js";
import { mapShiftEvidence, strongerFirst, twoModels } from "./map-shift.js";
import type { ModelMaps } from "./model-maps.js";
import { trendEvidence } from "./trend.js";
import { combine, testVerdict, type ClaimDecision, type DatasetDecision, type Evidence } from "./verdict.js";

/** A study whose results are at hand. */
export interface DecidedStudy {
  readonly results: StudyResults;
  /** That made it. */
  readonly command: string;
  /** The maps that its models have of the whole set, with the share of a region. Default: none. */
  readonly models?: ((region: Region) => Promise<readonly ModelMaps[]>) | undefined;
}

export interface DecideOptions {
  /** Of the bootstrap. Default: 4,000. */
  readonly resamples?: number | undefined;
  readonly seed?: number | undefined;
  /** What was measured of human agreement, by the folder's name as studies are, `snli-agreement`. Default: nothing. */
  readonly agreement?: ReadonlyMap<string, readonly AgreementFacts[]> | undefined;
}

/**
 * Decides every claim.
 *
 * @param studies by the folder's name that the file gives a dataset's study, `sst2-regions`
 */
export async function decideClaims(
  file: ClaimsFile,
  studies: ReadonlyMap<string, DecidedStudy>,
  options: DecideOptions = {},
): Promise<ClaimDecision[]> {
  const decisions: ClaimDecision[] = [];
  for (const claim of file.claims) decisions.push(await decideClaim(file, claim, studies, options));
  return decisions;
}

/** The hash that tells whether a claim was changed after it was decided: of its rule, and of the settings that it shares. */
export function ruleHash({ alpha, margin, convex }: ClaimsFile, claim: Claim): string {
  return createHash("sha256")
    .update(JSON.stringify([alpha, margin, convex, claim]))
    .digest("hex");
}

/** The name of the folder that holds a dataset's study. */
export function studyFolder({ folder }: ClaimsFile, dataset: string, study: string): string {
  return folder.replaceAll("{dataset}", dataset).replaceAll("{study}", study);
}

async function decideClaim(
  file: ClaimsFile,
  claim: Claim,
  studies: ReadonlyMap<string, DecidedStudy>,
  options: DecideOptions,
): Promise<ClaimDecision> {
  const base = {
    id: claim.id,
    rule: ruleHash(file, claim),
    evidence: [],
    datasets: [],
    trainers: [],
    commands: [],
  };
  if (claim.test === "untested") {
    return { ...base, verdict: "untested", reason: claim.reason ?? null };
  }
  const found = claim.datasets.map((dataset) => {
    const name = studyFolder(file, dataset, claim.study ?? "");
    return { dataset, name, study: studies.get(name), facts: options.agreement?.get(name) };
  });
  const open: OpenEvidence[] = [];
  const reasons = new Map<string, string>();
  for (const { dataset, name, study, facts } of found) {
    if (claim.agreement !== undefined && facts !== undefined) {
      open.push(...agreementEvidence(dataset, facts, claim.agreement, file.margin));
      continue;
    }
    if (study === undefined) {
      reasons.set(dataset, `no results of ${name}`);
      continue;
    }
    const said = await evidenceOf(file, claim, dataset, study, options);
    if (typeof said === "string") reasons.set(dataset, said);
    else open.push(...said);
  }
  const evidence = adjusted(open, claim, file.alpha);
  const datasets = found.map(({ dataset, study, facts }): DatasetDecision => {
    const own = evidence.filter((one) => one.dataset === dataset);
    const counted = own.filter(({ speaks }) => speaks !== "beside");
    const names = [...new Set(counted.map(({ test }) => test))];
    const tests = names.map((test) => ({
      test,
      verdict: testVerdict(own.filter((one) => one.test === test)),
    }));
    const reason = reasons.get(dataset) ?? null;
    const verdict =
      study === undefined && facts === undefined
        ? "untested"
        : reason !== null
          ? "not testable"
          : combine(tests.map((one) => one.verdict));
    const why = own.find(({ speaks }) => speaks === "not testable")?.because ?? null;
    return { dataset, verdict, reason: reason ?? (verdict === "not testable" ? why : null), tests };
  });
  const verdict = combine(datasets.map((one) => one.verdict));
  const whys = [...new Set(datasets.flatMap(({ reason }) => (reason === null ? [] : [reason])))];
  const read = found.flatMap(({ study }) => (study === undefined ? [] : [study]));
  const measured = found.flatMap(({ facts }) => facts ?? []);
  const trainers = [
    ...read.flatMap(({ results }) => results.results.map(({ trainer }) => trainer)),
    ...measured.map(({ run }) => run.trainer ?? "imported"),
  ];
  return {
    ...base,
    verdict,
    reason: ["not testable", "untested"].includes(verdict) && whys.length > 0 ? whys.join("; ") : null,
    datasets,
    evidence,
    trainers: [...new Set(trainers)],
    commands: [...read, ...measured].map(({ command }) => command),
  };
}

/** Evidence before p is adjusted; a sentence where the study cannot test the claim. */
async function evidenceOf(
  file: ClaimsFile,
  claim: Claim,
  dataset: string,
  study: DecidedStudy,
  options: DecideOptions,
): Promise<OpenEvidence[] | string> {
  const { results } = study;
  if (claim.test === "map-shift") return shiftEvidence(file, claim, dataset, study, options);
  const arms = armsOf(results.results);
  const tests = testsOf(results.results);
  const [trainer = ""] = arms.map((arm) => arm.trainer);
  const convex = file.convex.includes(trainer);
  const failed = results.results.some(({ state }) => state === "not-optimised");
  const still = `the loss of ${trainer} is convex, and no training failed to optimise: a collapse cannot be seen with it`;
  if (claim.test === "collapse" && claim.collapse) {
    if (convex && !failed) return still;
    return collapseEvidence(
      dataset,
      allArms(arms, claim.collapse.arm),
      allArms(arms, claim.collapse.against),
    );
  }
  if (claim.test === "trend") {
    return (claim.trends ?? []).flatMap(({ arm, on, expect }) =>
      tests
        .filter(({ kind }) => on === "any" || on === kind)
        .map(({ name }) => trendEvidence(dataset, name, allArms(arms, arm), expect)),
    );
  }
  let fraction: number | undefined;
  if (claim.needs === "collapse") {
    const small = (claim.contrasts ?? []).flatMap(({ against }) => allArms(arms, against));
    fraction = collapsedFraction(small) ?? undefined;
    if (fraction === undefined) return convex && !failed ? still : "no small ambiguous set collapsed";
  }
  return contrastEvidence(file, claim, dataset, results, { arms, tests, fraction }, options);
}

async function shiftEvidence(
  file: ClaimsFile,
  claim: Claim,
  dataset: string,
  { results, models }: DecidedStudy,
  options: DecideOptions,
): Promise<OpenEvidence[] | string> {
  const wanted = claim["map-shift"];
  if (wanted === undefined) return "the claim names no region";
  const two = twoModels((await models?.(wanted.region)) ?? []);
  if (typeof two === "string") return two;
  const arms = armsOf(results.results);
  const budget = mainBudget(arms);
  const [arm, against] = two.map((model) =>
    arms.find((own) => own.name === model.arm && own.budget === budget),
  );
  if (arm === undefined || against === undefined) return "the study lacks a model's results on the whole set";
  const comparisons = testsOf(results.results)
    .filter(({ kind }) => kind === "id")
    .map(({ name, kind }): Comparison => {
      return { arm: arm.key, against: against.key, test: name, kind, family: "primary" };
    });
  const { alpha, margin } = file;
  const rows = (await analyse(results, { ...options, comparisons, alpha, margin })).comparisons;
  const ordered = strongerFirst(two, rows, alpha);
  if (typeof ordered === "string") return ordered;
  const evidence = mapShiftEvidence(dataset, ordered, wanted, margin);
  if (typeof evidence === "string") return evidence;
  const sign = ordered[0] === two[0] ? 1 : -1;
  const strength = rows.map(({ test, difference, bootstrap: { low, high }, replicates }): Evidence => ({
    ...{ dataset, test, unit: "points", n: replicates, p: null, adjusted: null, because: null },
    what: `accuracy of 100 %, ${ordered[0].model} less ${ordered[1].model}`,
    value: sign * difference,
    interval: sign > 0 ? { low, high } : { low: -high, high: -low },
    speaks: "beside",
  }));
  return [...evidence, ...strength];
}

async function contrastEvidence(
  file: ClaimsFile,
  claim: Claim,
  dataset: string,
  results: StudyResults,
  {
    arms,
    tests,
    fraction,
  }: { arms: readonly Arm[]; tests: readonly TestSet[]; fraction: number | undefined },
  options: DecideOptions,
): Promise<OpenEvidence[] | string> {
  const comparisons: Comparison[] = [];
  const expected = new Map<string, "better" | "worse">();
  for (const contrast of claim.contrasts ?? []) {
    const [arm, against] = [contrast.arm, contrast.against].map((wanted) =>
      oneArm(arms, { fraction, ...wanted }),
    );
    const missing = arm === undefined ? contrast.arm : against === undefined ? contrast.against : null;
    if (missing !== null || !arm || !against)
      return `the study has no arm ${armText(missing ?? contrast.arm)}`;
    for (const { name, kind } of tests)
      if (contrast.on === "any" || contrast.on === kind) {
        const comparison = {
          arm: arm.key,
          against: against.key,
          test: name,
          kind,
          family: "primary" as const,
        };
        comparisons.push(comparison);
        expected.set(placeOf(comparison), contrast.expect);
      }
  }
  if (comparisons.length === 0) return "the study has no test set of this kind";
  const analysis = await analyse(results, {
    ...options,
    comparisons,
    alpha: file.alpha,
    margin: file.margin,
  });
  return analysis.comparisons.map((row) => rowEvidence(dataset, row, analysis, expected.get(placeOf(row))));
}

/** What a row says lies in `open` until its p is adjusted over the claim. */
interface OpenEvidence extends Evidence {
  readonly row?: ComparisonRow;
  readonly expect?: "better" | "worse" | undefined;
}

function rowEvidence(
  dataset: string,
  row: ComparisonRow,
  { arms }: Analysis,
  expect: OpenEvidence["expect"],
): OpenEvidence {
  const title = (key: string): string => arms.find((arm) => arm.key === key)?.title ?? key;
  return {
    dataset,
    test: row.test,
    what: `${title(row.arm)} less ${title(row.against)}`,
    unit: "points",
    value: row.difference,
    interval: row.bootstrap,
    n: row.replicates,
    p: row.p,
    adjusted: null,
    speaks: "neither",
    because: null,
    row,
    expect,
  };
}

/** Adjusts p by Holm over all of a claim's evidence, and lets each say whether it speaks for the claim. */
function adjusted(open: readonly OpenEvidence[], claim: Claim, alpha: number): Evidence[] {
  if (claim.test === "collapse") return [...open];
  const counted = open.filter(({ speaks }) => speaks !== "beside");
  const ps = holm(counted.map(({ p }) => p));
  return open.map((one): Evidence => {
    const { row, expect, ...own } = one;
    const p = ps[counted.indexOf(one)] ?? null;
    if (own.speaks === "beside") return own;
    if (row === undefined) {
      if (own.speaks === "not testable") return own;
      if (p === null) return { ...own, adjusted: p, because: "one replicate says nothing of its noise" };
      const sure = p < alpha;
      const expected = own.speaks === "for";
      const unsure = own.equivalent === true ? "against" : "neither";
      return { ...own, adjusted: p, speaks: !sure ? unsure : expected ? "for" : "against" };
    }
    const decided = decide({ ...row, because: null }, p, alpha);
    const both = row.armAboveChance && row.againstAboveChance;
    if (row.kind === "ood" && !both && p !== null) {
      const because = decided.because ?? "not both sides are above chance";
      return { ...own, adjusted: p, speaks: "not testable", because };
    }
    const speaks =
      decided.verdict === expect ? "for" : decided.verdict === "inconclusive" ? "neither" : "against";
    return { ...own, adjusted: p, speaks, because: decided.because };
  });
}

/** The arms that a claim means: trained on what their own model's map selected, under the main budget. */
function allArms(arms: readonly Arm[], wanted: ClaimArm): Arm[] {
  const [first] = arms;
  return arms.filter(
    (arm) =>
      arm.by === wanted.by &&
      (wanted.by === "all" || wanted.fraction === undefined || sameShare(arm.fraction, wanted.fraction)) &&
      arm.mixBy === (wanted.mix ?? null) &&
      (wanted.share === undefined || sameShare(arm.mixShare, wanted.share)) &&
      arm.balanced === (wanted.balanced ?? false) &&
      arm.budget === mainBudget(arms) &&
      arm.trainer === first?.trainer &&
      (arm.mapTrainer === null || arm.mapTrainer === arm.trainer),
  );
}

function oneArm(arms: readonly Arm[], wanted: ClaimArm): Arm | undefined {
  return allArms(arms, wanted)[0];
}

function armText({ by, fraction, mix, share }: ClaimArm): string {
  const size = fraction === undefined ? "" : ` ${Number((fraction * 100).toFixed(2))} %`;
  return `${by}${size}${mix === undefined ? "" : `, ${Number(((share ?? 0) * 100).toFixed(2))} % ${mix}`}`;
}
