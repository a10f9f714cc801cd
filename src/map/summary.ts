/** What a run's map tells a person, as plain data: the terminal and `--json` show it. */

import { fileLiteral } from "../core/duckdb.js";
import type { Database } from "../core/duckdb.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import type { Run } from "../run/reader.js";
import { rankExamples } from "./examples.js";
import type { RankedExample } from "./examples.js";
import { regionNames } from "./map.js";
import type { Region } from "./map.js";
import type { MapDescription } from "./map-description.js";
import { withMap } from "./read-map.js";

export interface SummaryOptions {
  /** How many likely label errors. Default: 10. */
  readonly labelErrors?: number | undefined;
  /** How many ambiguous examples. Default: 5. */
  readonly ambiguous?: number | undefined;
  /** How many of the hardest labels. Default: 5. */
  readonly hardestLabels?: number | undefined;
  /** Of the order among equals. Default: 0. */
  readonly seed?: number | undefined;
}

export interface EpochSummary {
  /** 0-based. */
  readonly epoch: number;
  /** Share of the examples whose gold logit is above every other; null where the run does not record it. */
  readonly accuracy: number | null;
  /** Mean gold probability. */
  readonly confidence: number | null;
  /** Mean training loss, nats an example; null where the dynamics were imported. */
  readonly trainLoss: number | null;
  /** Whether the map's coordinates use this epoch. */
  readonly used: boolean;
}

export interface LabelSummary {
  readonly label: string;
  readonly count: number;
  /** Mean correctness over the epochs that the map uses. */
  readonly correctness: number | null;
  /** Accuracy in the last of these epochs; null where the run does not record it. */
  readonly accuracy: number | null;
  readonly confidence: number | null;
  readonly variability: number | null;
}

export interface Summary {
  readonly folder: string;
  readonly dataset: string;
  readonly size: number;
  readonly map: MapDescription;
  /** `count` of `none`: examples that have no region because a coordinate is null. */
  readonly regions: readonly {
    readonly region: Region | "none";
    readonly count: number;
    readonly share: number;
  }[];
  readonly means: {
    readonly confidence: number | null;
    readonly variability: number | null;
    readonly correctness: number | null;
  };
  /** Every finished epoch. Empty where coordinates were imported. */
  readonly epochs: readonly EpochSummary[];
  /** Every label, the most frequent first. */
  readonly labels: readonly LabelSummary[];
  /** Labels with the lowest mean confidence, hardest first. */
  readonly hardestLabels: readonly LabelSummary[];
  /**
   * Examples with the lowest mean margin (AUM, Pleiss et al. 2020: it does not saturate as a probability does), or where
   * margins are not recorded with the lowest confidence. `coordinates.other_label` is what the model says instead.
   */
  readonly labelErrors: readonly RankedExample[];
  /** Examples with the highest variability. */
  readonly mostAmbiguous: readonly RankedExample[];
}

/** Summarises a run that has a map. @throws UserError where it has none */
export async function summarise(folder: string, options: SummaryOptions = {}): Promise<Summary> {
  const { labelErrors = 10, ambiguous = 5, hardestLabels = 5, seed = 0 } = options;
  const run = await openRun(folder);
  const figures = await withMap(folder, async (database, map) => {
    const counts = await database.json("SELECT region, count(*) AS n FROM map GROUP BY region");
    const count = (region: string | null): number =>
      Number(counts.find((line) => line["region"] === region)?.["n"] ?? 0);
    const [means = {}] = await database.json(
      "SELECT avg(confidence) AS confidence, avg(variability) AS variability, avg(correctness) AS correctness, " +
        "count(margin) AS margins, count(confidence) AS confidences, count(variability) AS variabilities FROM map",
    );
    const none = count(null);
    return {
      map,
      regions: [...regionNames, ...(none > 0 ? ["none" as const] : [])].map((region) => {
        const n = region === "none" ? none : count(region);
        return { region, count: n, share: n / map.size };
      }),
      means: {
        confidence: number(means["confidence"]),
        variability: number(means["variability"]),
        correctness: number(means["correctness"]),
      },
      epochs: await epochSummaries(database, run, map),
      labels: await labelSummaries(database, run, map),
      suspectsBy: Number(means["margins"]) > 0 ? "margin" : "confidence",
      confidences: Number(means["confidences"]),
      margins: Number(means["margins"]),
      variabilities: Number(means["variabilities"]),
    };
  });
  const { map, regions, means, epochs, labels, suspectsBy } = figures;
  const ranked = (by: string, limit: number, order: "ascending" | "descending"): Promise<RankedExample[]> =>
    limit > 0 ? rankExamples(folder, { by, order, limit, seed }) : Promise.resolve([]);
  const hardest = labels.filter(({ confidence }) => confidence !== null);
  hardest.sort((a, b) => (a.confidence ?? 0) - (b.confidence ?? 0) || compare(a.label, b.label));
  const suspects = figures.margins > 0 || figures.confidences > 0;
  return {
    folder,
    dataset: run.manifest.dataset.name,
    size: map.size,
    map,
    regions,
    means,
    epochs,
    labels,
    hardestLabels: hardest.slice(0, hardestLabels),
    labelErrors: suspects ? await ranked(suspectsBy, labelErrors, "ascending") : [],
    mostAmbiguous: figures.variabilities > 0 ? await ranked("variability", ambiguous, "descending") : [],
  };
}

async function epochSummaries(database: Database, run: Run, map: MapDescription): Promise<EpochSummary[]> {
  const { columns, trainLoss } = run.manifest;
  const right = correctSql(run);
  const accuracy = right === null ? "NULL" : `avg(${right})`;
  const confidence = columns.includes("gold_probability") ? "avg(gold_probability::DOUBLE)" : "NULL";
  const summaries: EpochSummary[] = [];
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    const files = run.epochFiles(epoch).map(fileLiteral).join(", ");
    const [means = {}] = await database.json(
      `SELECT ${accuracy} AS accuracy, ${confidence} AS confidence FROM read_parquet([${files}]) e`,
    );
    summaries.push({
      epoch,
      accuracy: number(means["accuracy"]),
      confidence: number(means["confidence"]),
      trainLoss: trainLoss[epoch] ?? null,
      used: map.range !== null && epoch >= map.range.from && epoch <= map.range.to,
    });
  }
  return summaries;
}

/** 1 where an epoch's line `e` is right, as SQL; null where its columns cannot tell. */
function correctSql({ manifest }: Run): string | null {
  const { columns, dataset } = manifest;
  if (columns.includes("margin")) return "(e.margin > 0)::INTEGER";
  const twoLabels = dataset.labelNames.length === 2 && dataset.input !== "choices";
  return twoLabels && columns.includes("gold_probability") ? "(e.gold_probability > 0.5)::INTEGER" : null;
}

async function labelSummaries(database: Database, run: Run, map: MapDescription): Promise<LabelSummary[]> {
  const right = map.range === null ? null : correctSql(run);
  const files = map.range === null ? "" : run.epochFiles(map.range.to).map(fileLiteral).join(", ");
  const join = right === null ? "" : ` POSITIONAL JOIN read_parquet([${files}]) e`;
  const lines = await database.json(
    `SELECT m.label, count(*) AS n, avg(m.correctness) AS correctness, avg(m.confidence) AS confidence, ` +
      `avg(m.variability) AS variability, ${right === null ? "NULL" : `avg(${right})`} AS accuracy ` +
      `FROM read_parquet(${fileLiteral(layout.map(run.folder))}) m${join} WHERE m.label IS NOT NULL GROUP BY m.label`,
  );
  const labels = lines.map((line) => ({
    label: String(line["label"]),
    count: Number(line["n"]),
    correctness: number(line["correctness"]),
    accuracy: number(line["accuracy"]),
    confidence: number(line["confidence"]),
    variability: number(line["variability"]),
  }));
  return labels.sort((a, b) => b.count - a.count || compare(a.label, b.label));
}

function number(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
