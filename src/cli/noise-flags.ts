/** The options that say which labels flip, and how: those of `noise inject`, and with several rates those of `noise study`. */

import { UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { filePool, regionPool, secondChoices } from "../diagnose/noise/pools.js";
import type { NoiseOptions } from "../diagnose/noise/inject.js";
import { readTransitionMatrix } from "../diagnose/noise/transition-matrix.js";
import { regionNames, type Region } from "../map/map.js";
import { oneOf, text, type Values } from "./flags.js";

const group = { group: "Noise" };

export const noiseFlags = {
  how: oneOf(
    ["uniform", "confusion", "matrix"],
    "what a label becomes: any other alike, what the model would say instead (--run), or what --matrix says (default: uniform)",
    group,
  ),
  matrix: text(
    "<file>",
    "a table of probabilities: first column the label, then a column for each label that it may become",
    group,
  ),
  from: text("<region|file>", "only examples of a region (--run), or those whose ids a file holds", group),
  rateOf: oneOf(
    ["all", "region"],
    "what the rate is a share of: all examples, or those that may flip (default: all)",
    group,
  ),
  run: text("<run>", "a run of the same file: its regions and what its model says", group),
};

/** @throws UserError where options do not go together, whatever the data */
export function checkNoiseFlags(values: Values<typeof noiseFlags>): void {
  const { matrix, from, rateOf, run } = values;
  const how = values.how ?? (matrix === undefined ? "uniform" : "matrix");
  if (matrix !== undefined && how !== "matrix") throw unfit("--matrix", "goes with --how matrix", how);
  if (matrix === undefined && how === "matrix")
    throw unfit("--how matrix", "needs the matrix", undefined, "give --matrix file.csv");
  if (rateOf === "region" && from === undefined)
    throw unfit("--rate-of region", "needs a region", undefined, "give --from easy-to-learn");
  const region = regionOf(from);
  if (run === undefined && (how === "confusion" || region !== null)) {
    const what = how === "confusion" ? "--how confusion" : `--from ${region}`;
    throw unfit(what, "needs a run of this file", undefined, "map it first, then give --run runs/x");
  }
  if (run !== undefined && how !== "confusion" && region === null)
    throw unfit("--run", "is not needed", run, "give --from easy-to-learn or --how confusion with it");
}

/** What to inject, but for the rate and the seed. */
export async function noiseOptions(
  dataset: Dataset,
  values: Values<typeof noiseFlags>,
): Promise<Pick<NoiseOptions, "how" | "from" | "rateOf">> {
  const { matrix, from, rateOf, run = "" } = values;
  const region = regionOf(from);
  const pool =
    from === undefined
      ? undefined
      : region !== null
        ? await regionPool(dataset, run, region)
        : await filePool(dataset, from);
  const how: NoiseOptions["how"] =
    matrix !== undefined
      ? { kind: "matrix", matrix: await readTransitionMatrix(matrix, dataset.labelNames) }
      : values.how === "confusion"
        ? { kind: "confusion", second: await secondChoices(dataset, run) }
        : { kind: "uniform" };
  return { how, from: pool, rateOf };
}

function regionOf(from: string | undefined): Region | null {
  return regionNames.find((name) => name === from) ?? null;
}

function unfit(subject: string, problem: string, value?: unknown, remedy = "leave it out"): UserError {
  return new UserError({ subject, problem, value, remedy });
}
