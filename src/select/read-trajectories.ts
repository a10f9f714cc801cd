/** The losses of a run's examples in every epoch that its map is of. */

import { UserError } from "../core/errors.js";
import type { MapDescription } from "../map/map-description.js";
import type { Run } from "../run/reader.js";
import type { Trajectories } from "./source.js";

/** What a probability of 0 stands for: less than the smallest 32-bit float. */
const largestLoss = -Math.log(2 ** -149);

/** @throws UserError where the run has no dynamics, or neither losses nor gold probabilities */
export async function readTrajectories(run: Run, { range }: MapDescription): Promise<Trajectories> {
  const recorded = run.manifest.columns;
  const column = (["loss", "gold_probability"] as const).find((name) => recorded.includes(name));
  if (range === null || column === undefined) {
    throw new UserError({
      subject: run.folder,
      problem: `has no losses of single epochs${range === null ? ": it was imported from a coordinates file" : ""}`,
      remedy: "import the dynamics (logits or gold probabilities of each epoch), or train with alidade map",
    });
  }
  const epochs = range.to - range.from + 1;
  const losses = new Float32Array(run.size * epochs);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const chunk of run.readEpoch(range.from + epoch, [column])) {
      const values = column === "loss" ? chunk.loss : chunk.goldProbability;
      for (let i = 0; i < chunk.size; i++) {
        const value = values?.[i] as number;
        losses[(chunk.first + i) * epochs + epoch] =
          column === "loss" ? value : Math.min(-Math.log(value), largestLoss);
      }
    }
  }
  return { epochs, losses };
}
