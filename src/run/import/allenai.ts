/** The dynamics of allenai/cartography: one JSONL file an epoch, lines in any order. */

import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { InternalError, UserError } from "../../core/errors.js";
import type { Dataset, SourceFile } from "../../dataset/dataset.js";
import { logitsKept, recordedColumns } from "../dynamics-columns.js";
import { findEpochs } from "./epoch-files.js";
import type { Shape } from "./dynamics-line.js";
import { EpochPool } from "./epoch-pool.js";
import { IdIndex } from "./id-index.js";
import type { ImportedRun, ImportRequest } from "./imported-run.js";
import { labelNamesFor } from "./label-names.js";
import type { ReadEpoch } from "./read-epoch.js";
import { readShape } from "./read-shape.js";
import { checkSameGold } from "./same-gold.js";

export async function readAllenai(request: ImportRequest): Promise<ImportedRun> {
  const { data, effects } = request;
  const { files, stray } = await findEpochs(request.paths);
  const first = files[0];
  if (!first) throw new UserError({ subject: request.paths.join(", "), problem: "holds no epochs" });
  if (stray.length > 0) {
    const names = stray.slice(0, 5).join(", ");
    effects.warn(
      `ignored beside the epochs: ${names}${stray.length > 5 ? ` and ${stray.length - 5} more` : ""}`,
    );
  }
  const pool = new EpochPool(Math.min(request.threads, files.length));
  try {
    const shape = shapeWith(await readShape(first), data);
    const { labelNames, notes } = labelNamesFor(shape.width, request, first.path);
    const idsFrom = data ? data.name : basename(first.path);
    const remedy = data
      ? "give the --data that the model was trained on, and its --id column"
      : "every epoch must have the same examples";
    pool.use({ shape, idsFrom, remedy }, data ? IdIndex.ofTexts(data.ids).shared : null);
    const reading = pool.read(files);
    const opening = (await reading.next()).value as ReadEpoch | undefined;
    if (!opening) throw new InternalError("an epoch was not read");
    const index = new IdIndex(pool.ids);
    const gold = data ? data.gold : opening.gold;
    const goldRemedy = data
      ? "give the labels in the order of the logits with --labels"
      : "an example's gold label must not change between epochs";
    const sources: SourceFile[] = files.map(({ path }) => ({
      path,
      bytes: statSync(path).size,
      sha256: null,
    }));
    const check = (read: ReadEpoch, epoch: number): void => {
      const path = files[epoch]?.path ?? "";
      sources[epoch] = { path, bytes: read.bytes, sha256: read.sha256 };
      const names = {
        id: (row: number) => index.id(row),
        label: (k: number) => JSON.stringify(labelNames[k] ?? k),
      };
      checkChoices(read, data, path, names.id);
      checkSameGold({ gold: read.gold, from: path }, { gold, from: idsFrom }, names, goldRemedy);
    };
    check(opening, 0);
    const kept = logitsKept(shape.width, request.logits ?? undefined);
    return {
      name: basename(resolve(dirname(first.path))),
      ids: data ? data.ids : index.shared.ids,
      gold,
      labelNames,
      sourceIndex: opening.sourceIndex,
      numericIds: shape.numericIds,
      columns: recordedColumns(kept),
      logits: kept,
      epochCount: files.length,
      notes,
      writeCoordinates: null,
      async *epochs(from) {
        if (from === 0) yield opening.observations;
        let epoch = 1;
        for await (const read of reading) {
          check(read, epoch);
          if (epoch++ >= from) yield read.observations;
        }
      },
      sources: () => sources,
      close: () => pool.close(),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** Of multiple choice, lines have as many logits as the example has choices. */
function shapeWith(shape: Shape, data: Dataset | null): Shape {
  if (data?.input.kind !== "choices") return shape;
  const width = data.input.choices.reduce((most, choices) => Math.max(most, choices.length), 0);
  return { ...shape, width, ragged: true };
}

function checkChoices(
  { observations }: ReadEpoch,
  data: Dataset | null,
  path: string,
  id: (row: number) => string,
): void {
  const widths = observations.logits?.widths;
  if (data?.input.kind !== "choices" || widths === undefined || typeof widths === "number") return;
  const { choices } = data.input;
  const row = widths.findIndex((width, at) => width !== choices[at]?.length);
  if (row < 0) return;
  throw new UserError({
    subject: path,
    problem: `example ${JSON.stringify(id(row))} has ${widths[row]} logits, but ${choices[row]?.length} choices in ${data.name}`,
    remedy: "log one logit a choice, and give the --choices that the model saw",
  });
}
