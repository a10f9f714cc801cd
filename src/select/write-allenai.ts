/** Writes the reference's filtered training sets in its folders, ready for its own training scripts. */

import { copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileLiteral, identifier, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { version } from "../core/version.js";
import { readAllenaiMetric, type AllenaiMetric, type CompatOptions } from "../map/compat.js";
import { readCoordinate, readMap } from "../map/read-map.js";
import { replaceFile } from "../map/replace-file.js";
import { sourceColumns } from "../map/source-columns.js";
import { layout } from "../run/layout.js";
import { openRun, type Run } from "../run/reader.js";
import { allenaiSets, type AllenaiSet, type AllenaiSetOptions } from "./allenai-sets.js";

export interface WriteAllenaiOptions extends AllenaiSetOptions, CompatOptions {
  /** Name of the innermost folder. Default: that of `taskFolder`, else the dataset's name. */
  readonly task?: string | undefined;
  /** Holds the task's dev and test files, which are copied beside each train.tsv. */
  readonly taskFolder?: string | undefined;
  /** Files to copy as dev.tsv and test.tsv instead. */
  readonly devFile?: string | undefined;
  readonly testFile?: string | undefined;
}

export interface AllenaiResult {
  readonly sets: readonly (Omit<AllenaiSet, "rows"> & { readonly folder: string; readonly n: number })[];
  readonly copied: readonly string[];
}

/** What its tasks call their dev and test files. */
const heldOutNames = ["dev.tsv", "test.tsv", "dev_matched.tsv", "dev_mismatched.tsv"];

/**
 * Writes `cartography_{metric}_{fraction}/{task}/train.tsv` for each of the reference's fractions, dev and test files beside it,
 * `filtering_configs.json`, and `alidade.json` (seed, cuts, ties).
 *
 * A line of train.tsv is the example's own columns with tabs between them, no quotes, as the GLUE files that it reads have them.
 *
 * @throws UserError where the run lacks the metric or the examples' contents, or a value holds a tab or line break
 */
export async function writeAllenaiSets(
  folder: string,
  out: string,
  options: WriteAllenaiOptions,
): Promise<AllenaiResult> {
  const run = await openRun(folder);
  const { ids } = await readMap(folder);
  const values = await metricOf(run, options);
  const sets = allenaiSets(ids, values, options);
  const { header, lines } = await exampleLines(run);
  const copies = await filesToCopy(options);
  const task = options.task ?? (options.taskFolder ? basename(resolve(options.taskFolder)) : taskOf(run));
  await mkdir(out, { recursive: true });
  await writeFileAtomically(join(out, "filtering_configs.json"), configs(folder, out, task, options));
  const written: AllenaiResult["sets"][number][] = [];
  for (const { rows, ...set } of sets) {
    const place = join(out, `cartography_${options.metric}_${set.fraction.toFixed(2)}`, task);
    await mkdir(place, { recursive: true });
    for (const [from, name] of copies)
      await replaceFile(join(place, name), (scratch) => copyFile(from, scratch));
    const text = [header, ...Array.from(rows, (row) => lines[row] ?? "")].join("\n");
    await replaceFile(join(place, "train.tsv"), (scratch) => writeFile(scratch, `${text}\n`, { flag: "wx" }));
    written.push({ ...set, folder: place, n: rows.length });
  }
  const notes = { alidade: version, run: folder, seed: options.seed ?? 0, sets: written };
  await writeFileAtomically(join(out, "alidade.json"), `${JSON.stringify(notes, null, 2)}\n`);
  return { sets: written, copied: copies.map(([, name]) => name) };
}

/** A run of coordinates alone has these as the reference computed them; any other is computed from the dynamics. */
async function metricOf(
  run: Run,
  { metric, burnOut, includeCi }: WriteAllenaiOptions,
): Promise<Float64Array> {
  const { folder, manifest } = run;
  if (manifest.imported?.format !== "coordinates") {
    return await readAllenaiMetric(folder, metric, { burnOut, includeCi });
  }
  if (metric === "forgetfulness" || includeCi || burnOut !== undefined) {
    throw new UserError({
      subject: folder,
      problem: "was imported from a coordinates file, which has no epochs",
      value: includeCi ? "--include-ci" : burnOut === undefined ? metric : "--burn-out",
      remedy: "import the dynamics, or choose another metric",
    });
  }
  return await readCoordinate(folder, metric === "correctness" ? "correct_epochs" : metric);
}

async function exampleLines({ folder, manifest }: Run): Promise<{ header: string; lines: string[] }> {
  const examples = `read_parquet(${fileLiteral(layout.examples(folder))})`;
  return await withDatabase({}, async (database) => {
    const columns = manifest.dataset.input === "none" ? [] : await sourceColumns(database, examples);
    if (columns.length === 0) {
      throw new UserError({
        subject: folder,
        problem: "has no contents of its examples to write",
        remedy: "import it with --data, the labelled file that it was trained on",
      });
    }
    const texts = columns.map(({ name }) => `source.${identifier(name)}::VARCHAR`);
    const lines: string[] = [];
    for await (const chunk of database.chunks(`SELECT ${texts.join(", ")} FROM ${examples} ORDER BY "row"`)) {
      const rows = chunk[0]?.length ?? 0;
      for (let i = 0; i < rows; i++)
        lines.push(
          tabbed(
            chunk.map((column) => String(column[i] ?? "")),
            folder,
            lines.length,
          ),
        );
    }
    return { header: columns.map(({ name }) => name).join("\t"), lines };
  });
}

function tabbed(fields: readonly string[], folder: string, row: number): string {
  const broken = fields.find((field) => /[\t\n\r]/.test(field));
  if (broken === undefined) return fields.join("\t");
  throw new UserError({
    subject: `${folder}, row ${row}`,
    problem: "holds a tab or a line break, which the reference's files cannot",
    value: broken,
    remedy: "write the subset with -o subset.jsonl, without --compat",
  });
}

async function filesToCopy({
  taskFolder,
  devFile,
  testFile,
}: WriteAllenaiOptions): Promise<[from: string, name: string][]> {
  const copies = new Map<string, string>();
  if (taskFolder !== undefined) {
    for (const name of heldOutNames)
      if (await isFile(join(taskFolder, name))) copies.set(name, join(taskFolder, name));
    if (copies.size === 0) {
      throw new UserError({
        subject: "--task-folder",
        problem: `holds none of ${heldOutNames.join(", ")}`,
        value: taskFolder,
        remedy: "name the folder of the task's TSV files, or give --dev-file and --test-file",
      });
    }
  }
  for (const [name, path, option] of [
    ["dev.tsv", devFile, "--dev-file"],
    ["test.tsv", testFile, "--test-file"],
  ] as const) {
    if (path === undefined) continue;
    if (!(await isFile(path))) {
      throw new UserError({
        subject: option,
        problem: "there is no such file",
        value: path,
        remedy: "name a file",
      });
    }
    copies.set(name, path);
  }
  return [...copies].map(([name, from]) => [from, name]);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function taskOf({ manifest }: Run): string {
  const name = (manifest.dataset.name.split(".")[0] ?? "").replace(/[^\w-]+/g, "_");
  return name === "" ? "TASK" : name.toUpperCase();
}

/** Its own record of the options, under its names, sorted. */
function configs(folder: string, out: string, task: string, options: WriteAllenaiOptions): string {
  const { metric, worst = false, bothEnds, burnOut, includeCi = false, taskFolder } = options;
  const values = {
    both_ends: bothEnds !== undefined,
    burn_out: burnOut ?? 100,
    data_dir: taskFolder === undefined ? null : dirname(resolve(taskFolder)),
    do_filter: true,
    do_plots: false,
    filtering_output_dir: resolve(out),
    include_ci: includeCi,
    metric: metric satisfies AllenaiMetric,
    model_dir: resolve(folder),
    plots_dir: null,
    task_name: task,
    worst,
  };
  return `${JSON.stringify(values, null, 4)}\n`;
}
