/**
 * What a worker keeps between steps: the study's data and test sets (with whatever features a trainer made of them), the last maps and
 * selections. A step that finds its inputs here reads nothing.
 */

import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { runSource, type RunSource } from "../../select/run-source.js";
import type { SelectionSource } from "../../select/source.js";
import { datasetSource, modelsOf } from "./dataset-source.js";
import { studyLayout } from "../folder/layout.js";
import type { OpenInputs } from "../plan/read-inputs.js";
import type { StepSetting } from "./step-setting.js";
import type { SelectionStep } from "../plan/step.js";

const keptMaps = 2;
const keptSelections = 64;

export interface HoldingsOptions {
  readonly folder: string;
  readonly inputs: OpenInputs;
  readonly threads: number;
}

export class Holdings {
  readonly folder: string;
  readonly inputs: OpenInputs;
  readonly threads: number;
  readonly #maps = new Map<string, Promise<RunSource>>();
  readonly #selections = new Map<string, Int32Array>();

  constructor({ folder, inputs, threads }: HoldingsOptions) {
    this.folder = folder;
    this.inputs = inputs;
    this.threads = threads;
  }

  /** What a selection chooses from, a map or the training set alone; models that it trains are the study's. */
  async source({ map, trainer }: SelectionStep, setting: StepSetting): Promise<SelectionSource> {
    const { dataset } = this.inputs;
    const fit = modelsOf(dataset, trainer, this.threads, setting);
    return map === null ? datasetSource(dataset, this.threads, fit) : { ...(await this.#map(map)), fit };
  }

  async #map(map: string): Promise<RunSource> {
    const { dataset } = this.inputs;
    const held =
      this.#maps.get(map) ?? runSource(studyLayout.map(this.folder, map), { dataset, threads: this.threads });
    this.#maps.delete(map);
    this.#maps.set(map, held);
    for (const old of [...this.#maps.keys()].slice(0, -keptMaps)) {
      void this.#maps.get(old)?.then(
        (source) => source.close(),
        () => undefined,
      );
      this.#maps.delete(old);
    }
    return await held;
  }

  hold(selection: string, rows: Int32Array): void {
    this.#selections.set(selection, rows);
    for (const old of [...this.#selections.keys()].slice(0, -keptSelections)) this.#selections.delete(old);
  }

  heldRows(selection: string): Int32Array | undefined {
    return this.#selections.get(selection);
  }

  /** Rows of a selection, in the order of the training set. */
  async rows(selection: string): Promise<Int32Array> {
    const held = this.#selections.get(selection) ?? (await readSelection(this.folder, selection));
    this.hold(selection, held);
    return held.slice().sort();
  }
}

async function readSelection(folder: string, key: string): Promise<Int32Array> {
  const path = studyLayout.selection(folder, key);
  try {
    return await withDatabase({ threads: 1 }, async (database) => {
      const rows = await database.rows(`SELECT "row" FROM read_parquet(${fileLiteral(path)})`);
      return Int32Array.from(rows, (row) => Number(row["row"]));
    });
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "cannot be read",
      remedy: `delete it and ${key}.json beside it: the selection is made again`,
      cause,
    });
  }
}
