/** What was found of human agreement, for a person at a terminal. */

import colours from "picocolors";
import type { AnnotatorAgreement } from "../diagnose/agreement/annotators.js";
import type { Estimate } from "../diagnose/agreement/group-bootstrap.js";
import type { HumanAgreement } from "../diagnose/agreement/measure-agreement.js";
import { count, counted, decimal, oneLine, percent, table, wrapped } from "./format.js";

const right = { align: "right" as const };

export function agreementText(found: HumanAgreement, width: number): string {
  return [
    header(found, width),
    wholeSet(found),
    annotators(found, width),
    regions(found),
    coordinates(found, width),
    added(found, width),
    apart(found, width),
    distances(found, width),
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

function header({ run, votes, groups, measure, notes }: HumanAgreement, width: number): string {
  const each =
    votes.fewest === votes.most ? counted(votes.most, "votes") : `${votes.fewest} to ${votes.most} votes`;
  const left = [
    votes.withOne > 0 ? `${counted(votes.withOne, "examples")} with one vote` : "",
    votes.withNone > 0 ? `${count(votes.withNone)} without votes` : "",
  ].filter((part) => part !== "");
  return [
    heading(
      run.dataset,
      `votes: ${votes.from}; ${run.trainer ?? "imported"}, ${run.protocol}, ${counted(run.epochs, "epochs")}`,
      width,
    ),
    `  ${counted(votes.examples, "examples")} with ${each} each, in ${counted(groups.count, "groups")}${groups.by === null ? "" : ` by ${groups.by}`}`,
    ...(left.length === 0 ? [] : [`  left out: ${left.join(", ")}`]),
    `  ${percent(votes.unanimous)} unanimous${votes.goldIsMajority === null ? "" : `; the gold label is what most chose in ${percent(votes.goldIsMajority)}`}`,
    colours.dim(`  agreement: ${measure}; brackets: 95 % by bootstrap over groups`),
    ...notes.flatMap((note) =>
      wrapped(note, width - 4).map((line, i) => colours.yellow(`  ${i === 0 ? "" : "  "}${line}`)),
    ),
  ].join("\n");
}

function wholeSet({ agreement, alpha, kappa, ceiling }: HumanAgreement): string {
  const rows = [
    ["mean agreement", ...cells(agreement), ""],
    ["Krippendorff's alpha", ...cells(alpha.found), alpha.found ? "nominal" : "undefined"],
    [
      "Fleiss' kappa",
      ...cells(kappa.found),
      kappa.found ? (kappa.found.equalNumbers ? "" : "unequal numbers") : "undefined",
    ],
    ...(ceiling.found
      ? [
          [
            "halves of the votes",
            ...cells(ceiling.found.halves),
            `Spearman, ${count(ceiling.found.size)} examples`,
          ],
          ["noise ceiling", ...cells(ceiling.found.ceiling), "root of Spearman-Brown"],
        ]
      : []),
  ];
  return [
    colours.bold("The set"),
    table([{ title: "" }, { title: "", ...right }, { title: "" }, { title: "" }], rows).replace(/^\s*\n/, ""),
    ...(alpha.reason === null ? [] : [`  alpha, kappa: ${alpha.reason}`]),
    ...(ceiling.reason === null ? [] : [`  noise ceiling: ${ceiling.reason}`]),
  ].join("\n");
}

const fewVotes = 20;

function annotators({ annotators: { found } }: HumanAgreement, width: number): string {
  if (found === null) return "";
  const judged = found.filter(({ votes }) => votes >= fewVotes);
  const line = ({ name, votes, agreement, withMajority, othersAmong }: AnnotatorAgreement): string[] => [
    oneLine(name, 24),
    count(votes),
    decimal(agreement),
    decimal(withMajority),
    decimal(othersAmong),
  ];
  const least = [...judged].sort((a, b) => a.agreement - b.agreement);
  const shown = judged.length <= 10 ? judged : least.slice(0, 5);
  const middle = least[Math.floor(least.length / 2)];
  return [
    heading("Annotators", "each against the others on the same examples, without their own vote", width),
    `  ${count(found.length)} annotators, ${count(judged.length)} with ${fewVotes} votes or more${middle && judged.length > 10 ? `; median agreement ${decimal(middle.agreement)}; the lowest:` : ""}`,
    ...(shown.length === 0
      ? []
      : [
          table(
            [
              { title: "" },
              { title: "votes", ...right },
              { title: "with others", ...right },
              { title: "with majority", ...right },
              { title: "among others", ...right },
            ],
            shown.map(line),
          ),
        ]),
  ].join("\n");
}

function regions({ regions: all, contrasts }: HumanAgreement): string {
  const rows = all.map(({ region, size, agreement, unanimous }) => [
    region,
    count(size),
    ...cells(agreement),
    ...cells(unanimous),
  ]);
  return [
    colours.bold("Regions"),
    table(
      [
        { title: "" },
        { title: "examples", ...right },
        { title: "agreement", ...right },
        { title: "" },
        { title: "unanimous", ...right },
        { title: "" },
      ],
      rows,
    ),
    ...contrasts.map(
      ({ name, difference, p }) =>
        `  ${name.padEnd(21)} ${signed(difference?.value)} ${bracket(difference)}${p === null ? "" : `  p ${p.toFixed(3)}`}`,
    ),
  ].join("\n");
}

function coordinates({ correlations, votes }: HumanAgreement, width: number): string {
  const partly = correlations.some(({ size }) => size < votes.examples);
  const sorted = [...correlations].sort(
    (a, b) => Math.abs(b.spearman?.value ?? 0) - Math.abs(a.spearman?.value ?? 0),
  );
  return [
    heading("Coordinates", "Spearman correlation with agreement", width),
    table(
      [{ title: "" }, { title: "", ...right }, { title: "" }, ...(partly ? [{ title: "of", ...right }] : [])],
      sorted.map(({ name, size, spearman }) => [
        name,
        signed(spearman?.value),
        bracket(spearman),
        ...(partly ? [count(size)] : []),
      ]),
    ),
  ].join("\n");
}

function added({ added: { found, reason } }: HumanAgreement, width: number): string {
  const title = "Does variability add to confidence?";
  if (found === null) return `${colours.bold(title)}\n  ${oneLine(reason, width - 2)}`;
  const { rungs, added: gain, verdict, folds, repeats } = found;
  const said = {
    adds: "it adds: the interval lies above 0",
    "does not show": "it does not show: the interval holds 0",
    harms: "it harms: the interval lies below 0",
  }[verdict];
  return [
    heading(title, `deviance of agreement, ${folds} folds by group, ${repeats} times`, width),
    table(
      [{ title: "predictors" }, { title: "deviance", ...right }, { title: "explained", ...right }],
      rungs.map(({ predictors, deviance, explained }) => [
        predictors.length === 0 ? "constant" : predictors.join(", "),
        deviance.toFixed(4),
        percent(explained),
      ]),
    ),
    `  variability given the rest takes away ${signed(gain.value, 5)} ${bracket(gain, 5)} nats:`,
    `  ${said}`,
  ].join("\n");
}

function apart({ apart: { found, reason } }: HumanAgreement, width: number): string {
  const title = "A label apart from the votes";
  if (found === null) return `${colours.bold(title)}\n  ${oneLine(reason, width - 2)}`;
  return [
    heading(title, `Spearman, ${counted(found.size, "examples")}, ${found.draws} draws`, width),
    table(
      [
        { title: "label" },
        { title: "votes" },
        { title: "confidence", ...right },
        { title: "variability", ...right },
        { title: "correctness", ...right },
      ],
      found.rows.map(({ label, votes, confidence, variability, correctness }) => [
        label,
        votes,
        ...[confidence, variability, correctness].map((own) => signed(own?.value)),
      ]),
    ),
    ...found.rows.slice(-1).map(({ confidence }) => `  confidence of the drawn label ${bracket(confidence)}`),
  ].join("\n");
}

function distances({ distances: { rows, smoothing, size } }: HumanAgreement, width: number): string {
  return [
    heading(
      "Distance to the annotators' distribution",
      `${counted(size, "examples")}; JS: Jensen-Shannon distance (the root, nats); KL: human from model, nats, smoothed by ${smoothing}`,
      width,
    ),
    table(
      [{ title: "" }, { title: "JS", ...right }, { title: "" }, { title: "KL", ...right }, { title: "" }],
      rows.map(({ name, jensenShannon, kullbackLeibler }) => [
        name,
        ...cells(jensenShannon),
        ...cells(kullbackLeibler),
      ]),
    ),
  ].join("\n");
}

/** A title and what it is about, on the same line where there is room. */
function heading(title: string, detail: string, width: number): string {
  if (title.length + 1 + detail.length <= width) return `${colours.bold(title)} ${colours.dim(detail)}`;
  return [colours.bold(title), ...wrapped(detail, width - 2).map((line) => colours.dim(`  ${line}`))].join(
    "\n",
  );
}

function cells(estimate: Estimate | null): [string, string] {
  return [decimal(estimate?.value ?? null), bracket(estimate)];
}

function bracket(estimate: Estimate | null | undefined, digits = 3): string {
  const interval = estimate?.interval;
  return interval ? `[${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]` : "";
}

function signed(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? "-" : `${value < 0 ? "" : "+"}${value.toFixed(digits)}`;
}
