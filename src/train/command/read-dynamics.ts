/** Reads an epoch that a program wrote, in the format of allenai/cartography, into the order of the observed dataset. */

import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { IdIndex } from "../../run/import/id-index.js";
import { readEpoch } from "../../run/import/read-epoch.js";
import { readShape } from "../../run/import/read-shape.js";
import { checkSameGold } from "../../run/import/same-gold.js";
import { deriveObservations } from "../../run/observation.js";
import type { LogitsBatch } from "../trainer.js";
import { readLogitLines } from "./logit-lines.js";

export interface ReadDynamics {
  readonly batch: LogitsBatch;
  /** Of the gold labels, nats an example. */
  readonly meanLoss: number;
}

/** Reads epoch after epoch of one observed dataset. */
export class DynamicsReader {
  readonly #observed: Dataset;
  readonly #ids: IdIndex;

  constructor(observed: Dataset) {
    this.#observed = observed;
    this.#ids = IdIndex.ofTexts(observed.ids);
  }

  /** @throws UserError naming the file and what is wrong with it */
  async read(path: string, epoch: number): Promise<ReadDynamics> {
    return this.#observed.input.kind === "choices"
      ? await this.#readChoices(path, epoch)
      : await this.#readLabels(path, epoch);
  }

  async #readLabels(path: string, epoch: number): Promise<ReadDynamics> {
    const { labelNames, gold, name, size } = this.#observed;
    const shape = await readShape({ path, epoch });
    if (shape.width !== labelNames.length) {
      throw new UserError({
        subject: path,
        problem: `${shape.width} logits, and there are ${labelNames.length} labels`,
        remedy: `write one for each of ${labelNames.slice(0, 8).join(", ")}, in this order (the file {labels} holds them)`,
      });
    }
    const read = await readEpoch({ path, epoch }, this.#ids.shared, {
      shape,
      idsFrom: name,
      remedy: "the program has to write a line for every example that it is given, with its guid",
    });
    checkSameGold(
      { gold: read.gold, from: path },
      { gold, from: name },
      { id: (row) => this.#ids.id(row), label: (k) => JSON.stringify(labelNames[k] ?? k) },
      "write the example's own `gold`, an index into the file {labels}",
    );
    const rows = Int32Array.from({ length: size }, (_, row) => row);
    const logits = read.observations.logits?.values ?? new Float32Array(0);
    return { batch: { rows, logits, widths: shape.width }, meanLoss: mean(read.observations.loss) };
  }

  /** Rows differ in how many logits they have. */
  async #readChoices(path: string, epoch: number): Promise<ReadDynamics> {
    const { labelNames, gold } = this.#observed;
    const field = `logits_epoch_${epoch}`;
    const batch = await readLogitLines(path, { dataset: this.#observed, labelNames, field });
    const { loss } = deriveObservations({ values: batch.logits, widths: batch.widths }, gold);
    return { batch, meanLoss: mean(loss) };
  }
}

function mean(values: Float32Array | null): number {
  return values === null ? NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
