/** A run's other figures: trajectories of chosen examples, and a map for each label. */

import { UserError } from "../core/errors.js";
import { readMap } from "../map/read-map.js";
import { readTrajectories } from "../map/trajectories.js";
import type { LabelFigureOptions } from "../plot/label-figure.js";
import type { WriteFigureOptions } from "../plot/render.js";
import type { TrajectoriesFigureOptions } from "../plot/trajectories-figure.js";
import { openRun } from "../run/reader.js";
import { describeRun } from "./describe-run.js";

export async function drawLabels(
  folder: string,
  path: string,
  options: LabelFigureOptions & WriteFigureOptions,
): Promise<void> {
  const [{ plotLabels }, { writeFigure }] = await Promise.all([
    import("../plot/label-figure.js"),
    import("../plot/render.js"),
  ]);
  const [map, run] = await Promise.all([readMap(folder), openRun(folder)]);
  const { title, subtitle } = describeRun(run.manifest, map.description);
  await writeFigure(path, plotLabels(map, { ...options, title: options.title ?? title, subtitle }), options);
}

/** So many thin lines can still be followed in a small panel. */
const mostOthers = 5;

/** @param ids of the examples, in the order of the legend */
export async function drawTrajectories(
  folder: string,
  path: string,
  ids: readonly string[],
  options: TrajectoriesFigureOptions & WriteFigureOptions,
): Promise<void> {
  const [{ plotTrajectories }, { writeFigure }] = await Promise.all([
    import("../plot/trajectories-figure.js"),
    import("../plot/render.js"),
  ]);
  const [map, run] = await Promise.all([readMap(folder), openRun(folder)]);
  const rowOf = new Map(map.ids.map((id, row) => [id, row]));
  const rows = ids.map((id) => {
    const row = rowOf.get(id);
    if (row === undefined) {
      throw new UserError({
        subject: "--trajectories",
        problem: "no example has this id",
        value: id,
        remedy: "alidade show lists ids",
      });
    }
    return row;
  });
  if (run.epochs === 0) {
    throw new UserError({
      subject: folder,
      problem: "has coordinates but no dynamics",
      remedy: "import the dynamics themselves",
    });
  }
  const labels = rows.map((row) => map.labels[row] ?? null);
  const learned = await readTrajectories(run, rows, labels, mostOthers);
  const trajectories = rows.map((row, index) => ({
    id: map.ids[row] ?? "",
    note: map.labels[row] ?? undefined,
    probabilities: learned[index]?.probabilities ?? [],
    others: learned[index]?.others,
  }));
  const { title, subtitle } = describeRun(run.manifest, map.description);
  await writeFigure(
    path,
    plotTrajectories(trajectories, {
      ...options,
      title: options.title ?? title,
      subtitle,
      ...(run.labelNames.length - 1 > mostOthers && {
        others: `the ${mostOthers} likeliest of the other labels`,
      }),
    }),
    options,
  );
}
