/** The test sets of a training, checked against what the model will know. */

import { UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import type { Manifest } from "../run/manifest.js";
import { matchLabels, type LabelMapping, type ScoredLabels } from "./map-labels.js";
import type { TestSet, TrainOptions } from "./train-options.js";
import type { Trainer } from "./trainer.js";

export interface PlannedTest {
  readonly name: string;
  readonly dataset: Dataset;
  readonly mapLabels: LabelMapping;
  readonly labels: ScoredLabels;
  /** Predictions of every epoch are kept, not of the last only. */
  readonly everyEpoch: boolean;
  /** What the manifest says of it. */
  readonly stored: Manifest["tests"][string];
}

/** @throws UserError where a test set's name, input, columns or labels do not fit */
export function planTests(
  dataset: Dataset,
  trainer: Trainer,
  { tests = {}, testEveryEpoch = false }: Pick<TrainOptions, "tests" | "testEveryEpoch">,
): PlannedTest[] {
  checkTestNames(Object.keys(tests));
  if (Object.keys(tests).length > 0 && !trainer.can.predict) {
    throw new UserError({
      subject: "--test",
      problem: `the ${trainer.name} trainer cannot predict`,
      remedy: "leave --test out",
    });
  }
  return Object.entries(tests).map(([name, test]) => {
    checkTest(name, test.dataset, dataset);
    const mapLabels = test.mapLabels ?? {};
    return {
      name,
      dataset: test.dataset,
      mapLabels,
      labels: matchLabels(dataset.labelNames, name, test.dataset, mapLabels),
      everyEpoch: testEveryEpoch,
      stored: stored(test, mapLabels, testEveryEpoch),
    };
  });
}

/** @throws UserError where a name cannot be a file's, or two name the same file */
export function checkTestNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.\- ]{0,99}$/u.test(name)) {
      throw new UserError({
        subject: "--test",
        problem: "a test set's name becomes a file's name: letters, digits, _, - and . only",
        value: name,
        remedy: "name it so: --test ood=other.tsv",
      });
    }
    // Some file systems do not tell ood from OOD.
    const key = name.normalize("NFC").toLowerCase();
    if (seen.has(key)) {
      throw new UserError({
        subject: "--test",
        problem: "two test sets of one name",
        value: name,
        remedy: "give each a name of its own: --test id=a.tsv --test ood=b.tsv",
      });
    }
    seen.add(key);
  }
}

function checkTest(name: string, test: Dataset, train: Dataset): void {
  const subject = `test set ${name}`;
  if (test.size === 0) throw new UserError({ subject, problem: "has no examples", value: test.name });
  if (test.input.kind !== train.input.kind) {
    throw new UserError({
      subject,
      problem: `its input is ${test.input.kind}, and the model trains on ${train.input.kind}`,
      remedy: "read it with the same columns",
    });
  }
  if (test.input.kind !== "features" || train.input.kind !== "features") return;
  const there = new Set(test.input.columns.map((column) => column.name));
  const missing = train.input.columns.find((column) => !there.has(column.name));
  if (missing) {
    throw new UserError({
      subject,
      problem: "lacks a feature column that the model trains on",
      value: missing.name,
      remedy: "give a file with the same columns",
    });
  }
}

/** Plain values: roles and labels as they are, and whatever else it was read with. */
function stored(
  { dataset, read = {} }: TestSet,
  mapLabels: LabelMapping,
  everyEpoch: boolean,
): Manifest["tests"][string] {
  const { effects: _, ...options } = read;
  const labels = dataset.input.kind === "choices" ? {} : { labels: dataset.labelNames };
  const plain = JSON.stringify({ ...dataset.roles, ...labels, ...options });
  return {
    sources: dataset.sources.map((source) => ({ ...source })),
    mapLabels: { ...mapLabels },
    ...(everyEpoch && { everyEpoch }),
    read: JSON.parse(plain) as Record<string, unknown>,
  };
}
