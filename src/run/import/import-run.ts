/** Makes a run of dynamics that were logged elsewhere. */

import { readFileSync } from "node:fs";
import { rm, rmdir, stat } from "node:fs/promises";
import { quiet } from "../../core/effects.js";
import type { Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import { defaultThreads } from "../../core/threads.js";
import type { Dataset } from "../../dataset/dataset.js";
import { markBegun, removeRun } from "../housekeeping.js";
import { layout } from "../layout.js";
import type { Manifest } from "../manifest.js";
import { checkFolder, createRun, resumeRun } from "../open-writer.js";
import { holdsRun, replaceRun } from "../replace-run.js";
import type { RunBeginning, RunWriter } from "../writer.js";
import { readAllenai } from "./allenai.js";
import { readAum } from "./aum.js";
import { readCoordinates } from "./coordinates.js";
import { checkPaths, detectFormat } from "./detect-format.js";
import type { ImportedRun, ImportFormat, ImportRequest } from "./imported-run.js";
import { readTable } from "./table.js";
import { writeImportedExamples } from "./write-imported.js";

export interface ImportOptions {
  /** The run's folder. */
  readonly out: string;
  /** Default: found by the content, and said. */
  readonly format?: ImportFormat | undefined;
  /** The labelled examples that the dynamics are of, joined by id. Default: none; ids and labels are those of the dynamics. */
  readonly data?: Dataset | undefined;
  /** How the observations were taken. Default: unknown. */
  readonly protocol?: Manifest["protocol"] | undefined;
  /** Of a coordinates file: how many epochs its counts are of. Default: the largest count. */
  readonly totalEpochs?: number | undefined;
  /** Of a table of probabilities: a second table of the same layout with the predicted labels. */
  readonly predicted?: string | undefined;
  /** Names of the labels in the order of the logits. Default: those of `data`, else "0", "1", ... */
  readonly labelNames?: readonly string[] | undefined;
  /** Which logits the run keeps. Default: all of up to 100 labels, else the largest five. */
  readonly logits?: Manifest["logits"] | undefined;
  /** Default: all cores. */
  readonly threads?: number | undefined;
  /** Goes on with an import into `out` that was stopped. The same sources give the same run. Default: false. */
  readonly resume?: boolean | undefined;
  /** Replaces the run that stands in `out`, once the new one is whole. Default: false, which is an error there. */
  readonly overwrite?: boolean | undefined;
  readonly breakLock?: boolean | undefined;
  readonly effects?: Effects | undefined;
}

export interface ImportResult {
  readonly folder: string;
  readonly manifest: Manifest;
  /** What was assumed, and what the run cannot serve; each in one sentence. */
  readonly notes: readonly string[];
}

const formatNames = {
  allenai: "the dynamics of allenai/cartography",
  table: "a table of gold probabilities",
  aum: "AUM's records",
  coordinates: "a coordinates file",
} as const;

const readers = {
  allenai: readAllenai,
  table: readTable,
  aum: readAum,
  coordinates: readCoordinates,
} as const;

/**
 * Imports dynamics: the JSONL files of allenai/cartography, a table of gold probabilities (CSV, Parquet: one row an
 * example, one column an epoch), the records of AUM, or a coordinates file.
 *
 * An import that fails leaves no run behind, and the old one where it stood; one that was killed is resumed, or begun again
 * with `overwrite`.
 *
 * @param paths a folder or files
 * @throws UserError naming the file, and the line or the example, of what is wrong
 */
export async function importRun(paths: readonly string[], options: ImportOptions): Promise<ImportResult> {
  const { out, data, threads = defaultThreads(), effects = quiet, resume = false } = options;
  await checkPaths(paths);
  if (!resume) await checkFolder(out, { overwrite: options.overwrite });
  const format = options.format ?? (await detectFormat(paths));
  if (options.format === undefined)
    effects.log(`reading ${paths.join(", ")} as ${formatNames[format]} (--format ${format})`);
  const request: ImportRequest = {
    paths,
    data: data ?? null,
    labelNames: options.labelNames ?? null,
    predicted: options.predicted ?? null,
    totalEpochs: options.totalEpochs ?? null,
    logits: options.logits ?? null,
    threads: Math.max(1, threads),
    effects,
  };
  checkOptions(format, request);
  const source = await readers[format](request);
  try {
    for (const note of source.notes) effects.log(note);
    const begin = beginning(format, source, options);
    const { breakLock, overwrite = false } = options;
    const make = async (folder: string): Promise<Manifest> =>
      await makeRun(folder, begin, source, request, { breakLock, overwrite, resume });
    // What stands goes only when the new run is whole: a source that turns out to be wrong must lose nothing.
    const manifest =
      overwrite && !resume && (await holdsRun(out))
        ? await replaceRun(out, { breakLock }, make)
        : await make(out);
    return { folder: out, manifest, notes: source.notes };
  } finally {
    await source.close();
  }
}

async function makeRun(
  folder: string,
  begin: RunBeginning,
  source: ImportedRun,
  request: ImportRequest,
  { resume = false, overwrite, breakLock }: Pick<ImportOptions, "resume" | "overwrite" | "breakLock">,
): Promise<Manifest> {
  const stood = await stat(folder).catch(() => null);
  const run = resume
    ? await resumeRun(folder, { breakLock })
    : await createRun(folder, begin, { breakLock, overwrite });
  if (resume) checkResumed(run, begin);
  let failed = true;
  try {
    await write(run, source, request);
    failed = false;
  } finally {
    await run.close();
    if (failed && !resume) await removeFailed(folder, stood === null);
  }
  return run.manifest;
}

async function write(run: RunWriter, source: ImportedRun, { data, effects }: ImportRequest): Promise<void> {
  const done = (path: string): boolean => run.manifest.checksums[path] !== undefined;
  const examples = async (): Promise<void> => {
    if (done("examples.parquet")) return;
    await run.publishFile(layout.examples(run.folder), (path) => writeImportedExamples(path, source, data));
  };
  const dynamics = async (): Promise<void> => {
    const { writeCoordinates } = source;
    if (writeCoordinates) {
      if (!done("coordinates.parquet"))
        await run.publishFile(layout.coordinates(run.folder), writeCoordinates);
      return;
    }
    const progress = effects.progress("importing", source.epochCount, "epochs");
    let failed = true;
    try {
      let epoch = run.manifest.epochs.finished;
      for await (const observations of source.epochs(epoch)) {
        await run.writeEpoch(epoch++, observations);
        progress.update(epoch);
      }
      failed = false;
    } finally {
      progress.end(failed);
    }
  };
  const outcomes = await Promise.allSettled([examples(), dynamics()]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  const { imported } = run.manifest;
  if (imported) await run.setManifest({ imported: { ...imported, sources: [...source.sources()] } });
}

function beginning(
  format: ImportFormat,
  source: ImportedRun,
  { data, protocol }: ImportOptions,
): RunBeginning {
  return {
    alidade: version(),
    dataset: {
      name: data?.name ?? source.name,
      size: source.ids.length,
      input: data?.input.kind ?? "none",
      labelNames: [...source.labelNames],
      roles: rolesOf(data),
      sources: [...(data?.sources ?? [])],
    },
    trainer: null,
    imported: {
      format,
      sources: [...source.sources()],
      notes: [...source.notes],
      ...(source.numericIds ? { numericIds: true } : {}),
    },
    protocol: protocol ?? "unknown",
    epochs: { planned: source.epochCount },
    logits: source.logits,
    columns: [...source.columns],
    tests: {},
  };
}

function rolesOf(data: Dataset | undefined): Record<string, string | string[]> {
  const roles: Record<string, string | string[]> = {};
  for (const [role, columns] of Object.entries(data?.roles ?? {}) as [
    string,
    string | readonly string[] | undefined,
  ][]) {
    if (columns !== undefined) roles[role] = typeof columns === "string" ? columns : [...columns];
  }
  return roles;
}

function version(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function checkOptions(format: ImportFormat, { predicted, totalEpochs, data }: ImportRequest): void {
  const refuse = (option: string, problem: string, remedy: string): never => {
    throw new UserError({ subject: option, problem, remedy });
  };
  if (predicted !== null && format !== "table") {
    refuse(
      "--predicted",
      `is for tables of probabilities, and this is ${formatNames[format]}`,
      "leave it out",
    );
  }
  if (totalEpochs !== null && format !== "coordinates") {
    refuse("--total-epochs", `is for coordinates files, and this is ${formatNames[format]}`, "leave it out");
  }
  if (totalEpochs !== null && !(Number.isInteger(totalEpochs) && totalEpochs > 0)) {
    refuse("--total-epochs", "not a whole number above 0", "say of how many epochs correctness is the count");
  }
  if (data?.size === 0) refuse("--data", "holds no examples", "give the labelled file of the dynamics");
}

function checkResumed(run: RunWriter, begin: RunBeginning): void {
  const { imported, dataset, epochs } = run.manifest;
  const files = (sources: readonly { path: string; bytes: number }[]): string =>
    sources.map(({ path, bytes }) => `${path}:${bytes}`).join("\n");
  const same =
    imported?.format === begin.imported?.format &&
    files(imported?.sources ?? []) === files(begin.imported?.sources ?? []) &&
    dataset.size === begin.dataset.size &&
    epochs.planned === begin.epochs.planned;
  if (same) return;
  throw new UserError({
    subject: run.folder,
    problem: "holds something else than the beginning of this import",
    remedy: "give the same files and options as before, or another -o",
  });
}

async function removeFailed(folder: string, made: boolean): Promise<void> {
  await markBegun(folder);
  await removeRun(folder);
  await rm(layout.scratch(folder), { recursive: true, force: true });
  if (made) await rmdir(folder).catch(() => undefined);
}
