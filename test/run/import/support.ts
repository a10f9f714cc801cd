/** What the tests of the import share: small sources on disk, and a run's rows read back. */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished } from "vitest";
import { withDatabase } from "../../../src/core/duckdb.js";
import { UserError } from "../../../src/core/errors.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { importRun } from "../../../src/run/import/import-run.js";
import type { ImportOptions } from "../../../src/run/import/import-run.js";

export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "alidade-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Line = Record<string, unknown> | string;

/** Writes files of dynamics: one list of lines an epoch; text lines as they are. */
export function writeDynamics(
  folder: string,
  epochs: readonly (readonly Line[])[],
  { zip = false, ending = "\n", last = true } = {},
): string {
  mkdirSync(folder, { recursive: true });
  epochs.forEach((lines, epoch) => {
    const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join(ending);
    const content = text + (last ? ending : "");
    const path = join(folder, `dynamics_epoch_${epoch}.jsonl`);
    if (zip) writeFileSync(`${path}.gz`, gzipSync(content));
    else writeFileSync(path, content);
  });
  return folder;
}

export function line(guid: string | number, epoch: number, logits: readonly number[], gold: number): Line {
  return { guid, [`logits_epoch_${epoch}`]: logits, gold };
}

/** Two epochs of three examples. */
export function smallEpochs(): Line[][] {
  return [
    [line("a", 0, [1, 2], 0), line("b", 0, [0.5, -1], 1), line("c", 0, [3, 3], 0)],
    [line("c", 1, [2, 1], 0), line("a", 1, [1, 0], 0), line("b", 1, [0, 1], 1)],
  ];
}

export async function rowsOf(file: string): Promise<Record<string, unknown>[]> {
  return await withDatabase({ threads: 1 }, (database) =>
    database.json(`SELECT * FROM read_parquet('${file}', hive_partitioning = false)`),
  );
}

export async function epochOf(run: string, epoch: number): Promise<Record<string, unknown>[]> {
  return await rowsOf(join(run, "dynamics", `epoch=${epoch}`, "part-0.parquet"));
}

/** Imports what has to fail; nothing may be left. @returns the line that the user sees */
export async function refusal(paths: string[], options: Partial<ImportOptions> = {}): Promise<string> {
  const out = join(scratch(), "run");
  const error: unknown = await importRun(paths, { out, ...options }).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(existsSync(out)).toBe(false);
  const { message } = error as UserError;
  expect(message).not.toContain("\n");
  return message;
}

/** A labelled dataset of some ids, as the dataset reader gives one. */
export function datasetOf(
  ids: readonly string[],
  labels: readonly string[],
  labelNames: readonly string[],
): Dataset {
  return {
    name: "train.tsv",
    size: ids.length,
    ids,
    labelNames,
    gold: Int32Array.from(labels, (label) => labelNames.indexOf(label)),
    input: { kind: "text", text: ids.map((id) => `text of ${id}`) },
    groups: null,
    votes: null,
    roles: { text: "text", label: "label" },
    sources: [{ path: "train.tsv", bytes: 1, sha256: null }],
    subsetOf: null,
    async writeExamples(path) {
      const rows = ids.map(
        (id, row) => `(${row}, '${id}', '${labels[row] ?? ""}', NULL, {'text': 'text of ${id}'})`,
      );
      await withDatabase({ threads: 1 }, (database) =>
        database.run(
          `COPY (SELECT * FROM (VALUES ${rows.join(", ")}) t("row", id, label, "group", source)) TO '${path}' (FORMAT parquet)`,
        ),
      );
    },
    close: () => undefined,
  };
}
