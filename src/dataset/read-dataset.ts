/** Reads a labelled dataset: files in, columns by role out. */

import { UserError } from "../core/errors.js";
import { buildDataset } from "./build-dataset.js";
import type { Dataset, Roles } from "./dataset.js";
import { describeRoles, detectRoles } from "./detect-roles.js";
import { needsTwoLabels } from "./labels.js";
import { loadSource } from "./load-source.js";
import { presetRoles, presets } from "./presets.js";
import type { ReadOptions } from "./read-options.js";
import type { SourceTable } from "./source-table.js";

/**
 * Reads one or several files (CSV, TSV, JSON, JSON lines, Parquet, Arrow; each may be gzipped), a glob, a folder that Hugging Face
 * `datasets` saved, or `-` for standard input, as one dataset. Several files need the same columns; their rows follow one another.
 *
 * Columns whose role is not given are found by name and content; `effects.log` gets a sentence that says which were taken.
 *
 * @param paths read in this order, a glob's files in the order of their names
 * @param signal stops the search for near duplicates (`group: "auto"`), which throws `Stopped` then
 * @throws UserError naming file, line or row, and what to do: nothing is dropped or repaired silently
 */
export async function readDataset(
  paths: string | readonly string[],
  options: ReadOptions = {},
  signal?: AbortSignal,
): Promise<Dataset> {
  const { table, classLabels } = await loadSource(typeof paths === "string" ? [paths] : paths, options);
  try {
    const given = givenRoles(options);
    const roles = await completeRoles(table, given, options);
    const missingLabel = options.preset === undefined ? undefined : presets[options.preset].missingLabel;
    const labels = options.labels ?? (roles.label === undefined ? undefined : classLabels[roles.label]);
    const dataset = await buildDataset(table, roles, { ...options, signal, labels, missingLabel });
    // A test set of one label can be scored; a training set of one cannot be learned.
    if (options.rolesFrom === undefined) {
      // With choices, one score serves them all: where the right one stands teaches nothing.
      if (dataset.input.kind !== "choices") {
        needsTwoLabels(dataset.labelNames, dataset.gold, table.name, roles.label ?? "label");
      }
      const taken = describeRoles(roles, given, dataset.labelNames.length);
      if (taken !== null) options.effects?.log(`${table.name}: ${taken}`);
    }
    return dataset;
  } catch (error) {
    table.close();
    throw error;
  }
}

function givenRoles(options: ReadOptions): Roles {
  const { text, textPair, choices, features, label, id, votes, group } = options;
  const roles = { text, textPair, choices, features, label, id, votes, group };
  return Object.fromEntries(Object.entries(roles).filter(([, column]) => column !== undefined));
}

async function completeRoles(table: SourceTable, given: Roles, options: ReadOptions): Promise<Roles> {
  if (given.features !== undefined && (given.text ?? given.textPair ?? given.choices) !== undefined) {
    throw new UserError({
      subject: "--features",
      problem: "cannot be combined with --text, --text-pair or --choices",
      remedy: "give one kind of input",
    });
  }
  let roles = given;
  if (options.preset !== undefined) {
    roles = { ...presetRoles(presets[options.preset], (column) => table.has(column)), ...given };
  } else if (options.rolesFrom !== undefined) {
    roles = { ...rolesThatAreThere(table, options.rolesFrom), ...given };
  }
  const complete = await detectRoles(table, roles);
  return Object.fromEntries(Object.entries(complete).filter(([, column]) => column !== undefined));
}

/** A test set need not have the training set's ids, votes or groups, and may name its label otherwise. */
function rolesThatAreThere(table: SourceTable, from: Roles): Roles {
  const { text, textPair, choices, features, label, id } = from;
  const kept: Record<string, unknown> = { choices, features };
  for (const [role, column] of Object.entries({ text, textPair, label, id })) {
    if (column !== undefined && table.has(column)) kept[role] = column;
  }
  return Object.fromEntries(Object.entries(kept).filter(([, column]) => column !== undefined));
}
