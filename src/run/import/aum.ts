/**
 * The records of the library `aum` (Pleiss et al. 2020): `full_aum_records.csv`, one line a measurement. Its columns
 * `target_logit` and `other_logit` hold values, `target_val` and `other_val` classes; its manual shows them the other way
 * about, so `margin`, which is the difference of the values, decides.
 */

import { basename } from "node:path";
import { identifier } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import { logitsKept, recordedColumns } from "../dynamics-columns.js";
import { deriveObservations } from "../observation.js";
import type { Observations } from "../observation.js";
import { aumColumns } from "./aum-columns.js";
import type { ImportedRun, ImportRequest } from "./imported-run.js";
import { labelNamesFor } from "./label-names.js";
import { matchRows } from "./match-rows.js";
import { SourceTable } from "./source-table.js";

interface Records {
  readonly label: Float64Array;
  readonly value: Float64Array;
  readonly otherLabel: Float64Array;
  readonly otherValue: Float64Array;
  readonly margin: Float64Array;
}

export async function readAum(request: ImportRequest): Promise<ImportedRun> {
  const [path, ...more] = request.paths;
  if (path === undefined || more.length > 0) {
    throw new UserError({
      subject: request.paths.join(", "),
      problem: "AUM's records are one file",
      remedy: "give one file",
    });
  }
  const table = await SourceTable.open(path, request.threads);
  try {
    const columns = await aumColumns(table);
    const { epochCount, firstEpoch } = columns;
    const id = identifier(columns.id);
    await table.database.run(
      `CREATE TEMP TABLE samples AS SELECT ${id}::VARCHAR AS sample, row_number() OVER (ORDER BY min(rowid)) AS place ` +
        `FROM source GROUP BY ${id}`,
    );
    const names = await table.database.rows("SELECT sample FROM samples ORDER BY place");
    const own = names.map(({ sample }) => sample as string);
    const { ids, places } = matchRows(own, own.length, request.data, path);
    const read = async (epoch: number): Promise<Records> => {
      const rest = `JOIN samples ON samples.sample = ${id}::VARCHAR WHERE ${columns.epoch} = ${epoch + firstEpoch} ORDER BY samples.place`;
      const column = async (expression: string): Promise<Float64Array> => {
        const values = await table.numbers(expression, rest);
        return Float64Array.from(places, (place) => values[place] as number);
      };
      return {
        label: await column(columns.label),
        value: await column(columns.value),
        otherLabel: await column(columns.otherLabel),
        otherValue: await column(columns.otherValue),
        margin: await column(columns.margin),
      };
    };
    const first = await read(0);
    const gold = Int32Array.from(first.label);
    const given = (request.labelNames ?? request.data?.labelNames)?.length ?? 0;
    if (given > 0 && columns.labels > given) {
      throw new UserError({
        subject: path,
        problem: `class ${columns.labels - 1}, where there are ${given} labels`,
        remedy: "name them all with --labels",
      });
    }
    const count = Math.max(given, columns.labels);
    const { labelNames, notes } = labelNamesFor(count, request, path);
    const { data } = request;
    const differing = data ? gold.findIndex((label, row) => label !== data.gold[row]) : -1;
    if (data && differing >= 0) {
      throw new UserError({
        subject: path,
        problem: `the class of example ${JSON.stringify(ids[differing])} is ${gold[differing]}, but ${data.gold[differing]} in ${data.name}`,
        remedy: "give the labels in the order of the logits with --labels",
      });
    }
    const two = count === 2;
    const kept = two ? logitsKept(2, request.logits ?? undefined) : "none";
    return {
      name: basename(path),
      ids,
      gold,
      labelNames,
      sourceIndex: places,
      numericIds: false,
      columns: two ? recordedColumns(kept) : ["predicted", "margin"],
      logits: kept,
      epochCount,
      notes: [
        ...notes,
        ...(two
          ? []
          : [
              "AUM's records give margin and correctness, but no confidence of more than two labels: no regions, no figure of the map.",
            ]),
      ],
      writeCoordinates: null,
      async *epochs(from) {
        for (let epoch = from; epoch < epochCount; epoch++) {
          yield observe(epoch === 0 ? first : await read(epoch), two, gold);
        }
      },
      sources: () => [table.file],
      close: () => Promise.resolve(table.close()),
    };
  } catch (error) {
    table.close();
    throw error;
  }
}

function observe(records: Records, twoLabels: boolean, gold: Int32Array): Observations {
  const size = gold.length;
  if (twoLabels) {
    const values = new Float32Array(2 * size);
    gold.forEach((label, row) => {
      values[2 * row + label] = records.value[row] as number;
      values[2 * row + 1 - label] = records.otherValue[row] as number;
    });
    return deriveObservations({ values, widths: 2 }, gold);
  }
  const predicted = gold.map((label, row) => {
    const margin = records.margin[row] as number;
    const other = records.otherLabel[row] as number;
    if (margin === 0) return Math.min(label, other);
    return margin > 0 ? label : other;
  });
  return {
    size,
    goldProbability: null,
    predicted,
    predictedProbability: null,
    margin: Float32Array.from(records.margin),
    loss: null,
    entropy: null,
    el2n: null,
    logits: null,
  };
}
