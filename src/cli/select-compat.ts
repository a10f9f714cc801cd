/** `alidade select --compat allenai`: the reference's folders of filtered training sets. */

import { UserError } from "../core/errors.js";
import { allenaiMetrics } from "../map/compat.js";
import { writeAllenaiSets } from "../select/write-allenai.js";
import type { Context } from "./command.js";
import { oneOf, text, toggle, wholeNumber, type Values } from "./flags.js";
import { count, table } from "./format.js";

const group = { group: "With --compat" };

export const compatFlags = {
  compat: oneOf(
    ["allenai"],
    "the reference's sets for all of its fractions, in the folder that -o names",
    group,
  ),
  metric: oneOf(allenaiMetrics, "what it filters by (default: variability)", group),
  worst: toggle("from the other end of its ranking", group),
  task: text("<name>", "the innermost folder (default: that of --task-folder, else of the dataset)", group),
  taskFolder: text("<folder>", "the task's dev and test TSV files, copied beside each train.tsv", group),
  devFile: text("<file>", "copied as dev.tsv", group),
  testFile: text("<file>", "copied as test.tsv", group),
  burnOut: wholeNumber("<k>", "epochs 0 .. k-1 only", { min: 1 }, group),
  includeCi: toggle("its variability with interval", group),
};

/** What goes with it beside its own flags. */
const shared = new Set(["compat", "out", "seed", "bothEnds", ...Object.keys(compatFlags)]);

/** Writes the sets where --compat was given. @returns whether it was */
export async function selectCompat(
  folder: string,
  values: Values<typeof compatFlags> & {
    readonly out: string | undefined;
    readonly seed: number | undefined;
    readonly bothEnds: number | undefined;
  },
  context: Context,
): Promise<boolean> {
  const { compat, metric = "variability", out, bothEnds } = values;
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const flag = (key: string): string => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (compat === undefined) {
    const stray = given.find(([key]) => Object.hasOwn(compatFlags, key))?.[0];
    if (stray === undefined) return false;
    throw new UserError({
      subject: flag(stray),
      problem: "goes with --compat",
      remedy: "write --compat allenai",
    });
  }
  const foreign = given.find(([key]) => !shared.has(key))?.[0];
  if (foreign !== undefined) {
    throw new UserError({
      subject: flag(foreign),
      problem: "cannot be combined with --compat, which writes the reference's own sets",
      remedy: foreign === "by" ? "give --metric" : `leave ${flag(foreign)} out`,
    });
  }
  if (out === undefined) {
    throw new UserError({
      subject: "--compat",
      problem: "needs a folder to write to",
      remedy: "give -o filtered",
    });
  }
  if (bothEnds !== undefined && !(bothEnds > 0 && bothEnds < 1)) {
    throw new UserError({
      subject: "--both-ends",
      problem: "out of range",
      value: bothEnds,
      remedy: "the reference's is 0.7",
    });
  }
  const result = await writeAllenaiSets(folder, out, { ...values, metric });
  if (context.json) {
    context.print(JSON.stringify(result, null, 2));
    return true;
  }
  const rows = result.sets.map(({ folder: place, n, cut, ties }) => [
    place,
    count(n),
    cut === null ? "-" : String(Number(cut.toPrecision(10))),
    ties.map(({ sharing, taken }) => `${count(taken)} of ${count(sharing)}`).join(", "),
  ]);
  const columns = [
    { title: "" },
    { title: "examples", align: "right" as const },
    { title: metric, align: "right" as const },
    { title: "taken of a tie", align: "right" as const },
  ];
  const copied =
    result.copied.length === 0
      ? "no dev or test file copied: --task-folder names theirs"
      : `beside each: ${result.copied.join(", ")}`;
  context.print(`${table(columns, rows)}\n\n${copied}`);
  return true;
}
