/** `docs/claims.md`: each claim, how it is decided, what was found. Made from the claims file and the decisions alone. */

import type { Claim, ClaimsFile } from "./claims-file.js";
import { ruleHash } from "./decide-claim.js";
import { interval, points, pValue } from "../report/say.js";
import type { ClaimDecision, Evidence } from "./verdict.js";

/** @param decisions those that there are; a claim without one is untested */
export function claimsPage(file: ClaimsFile, decisions: readonly ClaimDecision[]): string {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]));
  const rows = file.claims.map((claim) => {
    const decision = byId.get(claim.id);
    const each = (decision?.datasets ?? []).map(({ dataset, verdict }) => `${dataset} ${verdict}`).join(", ");
    return `| [${escape(claim.claim)}](#${claim.id}) | ${verdictOf(file, claim, decision)} | ${each} |`;
  });
  const commands = [...new Set(decisions.flatMap((decision) => decision.commands))];
  return `${[
    "# Claims of the paper",
    about(file),
    `Trainer: ${trainersOf(decisions) || file.trainer}${file.model === undefined ? "" : ` (${escape(file.model)})`}; ${file.seeds} replicates, each with a map of its own. Another model may decide otherwise.`,
    ["| claim | verdict | by dataset |", "| --- | --- | --- |", ...rows].join("\n"),
    ...file.claims.map((claim) => section(file, claim, byId.get(claim.id))),
    "## Datasets",
    Object.entries(file.datasets)
      .map(([name, { title }]) => `- **${name}**: ${escape(title)}`)
      .join("\n"),
    ...(commands.length === 0 ? [] : ["## Commands", commands.map((line) => `    ${line}`).join("\n")]),
  ].join("\n\n")}\n`;
}

function about({ rules }: ClaimsFile): string {
  return rules === undefined
    ? "Each claim of Swayamdipta et al. 2020 with its rule, written before any study was run (`docs/claims.yaml`; rules that were written later say so), and what the studies found. " +
        "This page is made by `alidade study claims docs/claims.yaml studies/*`; the rules for the verdicts stand at the top of the YAML file."
    : `The claims of Swayamdipta et al. 2020 by the very rules of \`docs/${rules}\`, decided for another model. This page is made by \`alidade study claims\` as that file's own is.`;
}

function trainersOf(decisions: readonly ClaimDecision[]): string {
  return [...new Set(decisions.flatMap(({ trainers }) => trainers))].join(", ");
}

function verdictOf(file: ClaimsFile, claim: Claim, decision: ClaimDecision | undefined): string {
  if (decision === undefined) return "untested";
  const changed = decision.rule !== ruleHash(file, claim) && decision.verdict !== "untested";
  const run = decision.datasets.filter(({ verdict }) => verdict !== "untested").length;
  const part =
    run > 0 && run < decision.datasets.length ? ` on ${run} of ${decision.datasets.length} datasets` : "";
  return `**${decision.verdict}**${part}${changed ? " (the rule was changed since)" : ""}`;
}

function section(file: ClaimsFile, claim: Claim, decision: ClaimDecision | undefined): string {
  const verdict = verdictOf(file, claim, decision);
  const evidence = decision?.evidence ?? [];
  const reason = decision?.reason ?? claim.reason;
  return [
    `<a id="${claim.id}"></a>`,
    `## ${escape(claim.claim)}`,
    `${verdict}${reason ? `: ${escape(reason)}` : ""}.`,
    `In the paper: ${escape(claim.where)}. Estimand: ${escape(claim.estimand)}.${claim.study ? ` Study: \`${claim.study}\`.` : ""}`,
    ...(claim.note === undefined ? [] : [`${escape(claim.note)}`]),
    ...(evidence.length === 0
      ? []
      : [
          [
            "| dataset | test set | what | value | 95 % interval | n | p | adjusted | speaks |",
            "| --- | --- | --- | --: | --: | --: | --: | --: | --- |",
            ...evidence.map(evidenceRow),
          ].join("\n"),
        ]),
    ...notRun(decision),
  ].join("\n\n");
}

function evidenceRow(own: Evidence): string {
  const value = own.unit === "cells" ? `${own.value} of ${own.n}` : points(own.value);
  return `| ${[
    own.dataset,
    own.test,
    own.what,
    own.unit === "points per doubling" ? `${value} per doubling` : value,
    own.interval === null ? "-" : interval(own.interval),
    String(own.n),
    pValue(own.p),
    pValue(own.adjusted),
    own.because === null ? own.speaks : `${own.speaks}: ${own.because}`,
  ]
    .map(escape)
    .join(" | ")} |`;
}

function notRun(decision: ClaimDecision | undefined): string[] {
  const without = (decision?.datasets ?? []).filter(({ reason }) => reason !== null);
  if (without.length === 0 || decision?.reason) return [];
  return [without.map(({ dataset, reason }) => `- ${dataset}: ${escape(reason ?? "")}`).join("\n")];
}

function escape(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[\\*_[\]<>|~]/g, (character) => `\\${character}`);
}

/** For a terminal: the share of claims in each verdict is no finding, so every claim has its line. */
export function claimLines(file: ClaimsFile, decisions: readonly ClaimDecision[]): string[][] {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]));
  return file.claims.map(({ id }) => {
    const decision = byId.get(id);
    const datasets =
      decision?.datasets.map(({ dataset, verdict }) => `${dataset} ${verdict}`).join(", ") ?? "";
    return [id, decision?.verdict ?? "untested", datasets === "" ? (decision?.reason ?? "") : datasets];
  });
}
