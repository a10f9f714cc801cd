/** From a source table and roles to a dataset. */

import { UserError } from "../core/errors.js";
import { choiceNames, rightChoice } from "./choices.js";
import type { Dataset, FeatureColumn, Input, Roles, Votes } from "./dataset.js";
import { duplicateGroups } from "./duplicates/group-duplicates.js";
import { autoGroup, checkAutoGroup, groupsMessage, searchMessage } from "./duplicates/auto-group.js";
import { extract, type Wanted } from "./extract.js";
import { featureColumn } from "./feature-columns.js";
import { goldLabels, labelsAlike, missingLabels } from "./labels.js";
import type { ReadOptions } from "./read-options.js";
import { shortList, type SourceTable } from "./source-table.js";
import { TableDataset } from "./table-dataset.js";
import { readVotes } from "./votes.js";

/** What a run's own examples already say. */
export interface KnownColumns {
  readonly id: string;
  readonly label: string;
  readonly group: string;
}

export interface BuildOptions extends Pick<
  ReadOptions,
  "labels" | "missingLabels" | "choiceBase" | "voteLabels" | "effects"
> {
  /** Stops the search for near duplicates. */
  readonly signal?: AbortSignal | undefined;
  /** A label that stands for none. */
  readonly missingLabel?: string | undefined;
  /** SQL of columns that come ready, from a run. */
  readonly known?: KnownColumns | undefined;
}

export async function buildDataset(
  source: SourceTable,
  roles: Roles,
  options: BuildOptions,
): Promise<Dataset> {
  const plan = await planColumns(source, roles, options);
  const columns = await extract(
    source,
    plan.map(({ wanted }) => wanted),
  );
  const take = (part: string): (string | null)[][] =>
    columns.filter((_, index) => plan[index]?.part === part);
  const [labels = []] = take("label");
  const { kept, note } = rowsWithLabels(labels, source.name, options);
  if (note !== null) options.effects?.warn(note);
  const pick = <T>(values: readonly T[]): readonly T[] =>
    kept === null ? values : Array.from(kept, (row) => values[row] as T);
  const [ids] = take("id").map(pick);
  const [stored] = take("group").map(pick);
  // A run has the column whether there are groups or not.
  const voteLabels = options.voteLabels ?? roles.voteLabels;
  const groups = roles.group === undefined && stored?.every((group) => group === null) ? null : stored;
  const input = readInput(source, roles, { take, pick, plan });
  const given = pick(labels).map((label) => label ?? "");
  const { names, gold } = readGold(source, roles, input, given, options);
  const alike = input.kind === "choices" ? null : labelsAlike(names);
  if (alike !== null) options.effects?.warn(`${source.name}: ${alike}`);
  const size = given.length;
  const allIds = ids === undefined ? rowNumbers(size, kept) : checkedIds(ids, source.name, roles.id ?? "id");
  const found =
    roles.group === autoGroup && options.known === undefined
      ? await findGroups({ name: source.name, size, ids: allIds, input }, options)
      : null;
  return new TableDataset({
    source,
    rows: kept,
    ids: allIds,
    labelNames: names,
    gold,
    input,
    groups: found ?? groups ?? null,
    votes: readVotesOf(pick, take("votes"), names, voteLabels, source.name),
    // Who reads a run's own examples again is told them by the run.
    roles: voteLabels === undefined ? roles : { ...roles, voteLabels },
  });
}

async function findGroups(
  dataset: Parameters<typeof duplicateGroups>[0],
  { effects, signal }: BuildOptions,
): Promise<(string | null)[]> {
  const searching = searchMessage(dataset.size);
  if (searching !== null) effects?.log(`${dataset.name}: ${searching}`);
  const groups = await duplicateGroups(dataset, {}, signal);
  effects?.log(`${dataset.name}: ${groupsMessage(groups)}`);
  return groups;
}

interface Planned {
  readonly part: "text" | "textPair" | "choice" | "choices" | "feature" | "label" | "id" | "group" | "votes";
  readonly name: string;
  readonly wanted: Wanted;
}

async function planColumns(source: SourceTable, roles: Roles, { known }: BuildOptions): Promise<Planned[]> {
  const plan: Planned[] = [];
  const add = async (
    part: Planned["part"],
    path: string,
    option: string,
    as: Wanted["as"],
  ): Promise<void> => {
    const { sql } = await source.column(path, option);
    plan.push({ part, name: path, wanted: { sql, as } });
  };
  if (roles.features === undefined) {
    if (roles.text !== undefined) await add("text", roles.text, "--text", "text");
    if (roles.textPair !== undefined) await add("textPair", roles.textPair, "--text-pair", "text");
    const [first] = roles.choices ?? [];
    if (first !== undefined && roles.choices?.length === 1) {
      const { type } = await source.column(first, "--choices");
      if (!type.endsWith("[]")) {
        throw new UserError({
          subject: source.name,
          problem: "--choices needs two columns, or one that holds lists",
          value: first,
          remedy: "write --choices option1,option2",
        });
      }
      await add("choices", first, "--choices", "json");
    } else for (const choice of roles.choices ?? []) await add("choice", choice, "--choices", "text");
  } else {
    for (const name of await featureNames(source, roles)) await add("feature", name, "--features", "text");
  }
  if (known) {
    plan.push({ part: "label", name: "label", wanted: { sql: known.label, as: "text" } });
    plan.push({ part: "id", name: "id", wanted: { sql: known.id, as: "text" } });
    plan.push({ part: "group", name: "group", wanted: { sql: known.group, as: "text" } });
  } else {
    if (roles.label !== undefined) await add("label", roles.label, "--label", "text");
    if (roles.id !== undefined) await add("id", roles.id, "--id", "text");
    if (roles.group === autoGroup) checkAutoGroup(source);
    else if (roles.group !== undefined) await add("group", roles.group, "--group", "text");
  }
  for (const votes of roles.votes ?? []) await add("votes", votes, "--votes", "json");
  return plan;
}

async function featureNames(source: SourceTable, roles: Roles): Promise<string[]> {
  const others = new Set([roles.label, roles.id, roles.group, ...(roles.votes ?? [])]);
  const names = new Set<string>();
  for (const pattern of roles.features ?? []) {
    const matched = pattern.includes("*")
      ? source.matching(pattern).filter((name) => !others.has(name))
      : [pattern];
    if (matched.length === 0) {
      throw new UserError({
        subject: source.name,
        problem: "--features matches no column",
        value: pattern,
        remedy: `there are ${shortList(source.columns.map(({ name }) => name))}`,
      });
    }
    for (const name of matched) names.add(name);
  }
  return [...names];
}

function rowsWithLabels(
  labels: readonly (string | null)[],
  subject: string,
  { missingLabel, missingLabels: policy = "error" }: BuildOptions,
): { kept: Int32Array | null; note: string | null } {
  const none: number[] = [];
  labels.forEach((label, row) => {
    if (label === null || label.trim() === "" || label === missingLabel) none.push(row);
  });
  if (none.length === labels.length) {
    throw new UserError({
      subject,
      problem: "no row has a label",
      remedy: "name the label's column with --label",
    });
  }
  const note = missingLabels(none, policy, subject);
  if (note === null) return { kept: null, note };
  const gone = new Set(none);
  return { kept: Int32Array.from(labels.keys()).filter((row) => !gone.has(row)), note };
}

interface Columns {
  readonly take: (part: string) => (string | null)[][];
  readonly pick: <T>(values: readonly T[]) => readonly T[];
  readonly plan: readonly Planned[];
}

function readInput(source: SourceTable, roles: Roles, { take, pick, plan }: Columns): Input {
  if (roles.features !== undefined) {
    const names = plan.filter(({ part }) => part === "feature").map(({ name }) => name);
    const columns: FeatureColumn[] = take("feature").map((values, at) =>
      featureColumn(names[at] ?? "", pick(values), source.name),
    );
    return { kind: "features", columns };
  }
  const texts = (part: string): readonly string[] | undefined =>
    take(part).map((values) => pick(values).map((value) => value ?? ""))[0];
  const text = texts("text") ?? [];
  const pair = texts("textPair");
  const choices = readChoices(source, take, pick);
  if (choices !== null && pair !== undefined) {
    throw new UserError({
      subject: "--choices",
      problem: "cannot be combined with --text-pair",
      remedy: "give one of them",
    });
  }
  if (choices !== null) return { kind: "choices", text, choices };
  return pair === undefined ? { kind: "text", text } : { kind: "pair", text, pair };
}

function readChoices(source: SourceTable, take: Columns["take"], pick: Columns["pick"]): string[][] | null {
  const [lists] = take("choices");
  const columns = take("choice");
  if (lists === undefined && columns.length === 0) return null;
  const rows =
    lists === undefined
      ? pick(columns[0] ?? []).map((_, row) => columns.map((column) => pick(column)[row] ?? ""))
      : pick(lists).map((list) => (JSON.parse(list ?? "[]") as unknown[]).map(String));
  const short = rows.findIndex((choices) => choices.length < 2);
  if (short >= 0) {
    throw new UserError({
      subject: `${source.name}, row ${short}`,
      problem: "fewer than two choices",
      remedy: "drop it with --where",
    });
  }
  return rows;
}

function readGold(
  source: SourceTable,
  roles: Roles,
  input: Input,
  labels: readonly string[],
  { labels: fixed, choiceBase = 1, known }: BuildOptions,
): { names: readonly string[]; gold: Int32Array } {
  if (input.kind !== "choices") return goldLabels(labels, fixed, source.name, roles.label ?? "label");
  const columns = roles.choices && roles.choices.length > 1 ? roles.choices : null;
  const gold = Int32Array.from(labels, (label, row) => {
    // A run stores the choice's number, counted from 1.
    if (known) return Number(label) - 1;
    return rightChoice(label, input.choices[row] ?? [], columns, choiceBase, `${source.name}, row ${row}`);
  });
  return { names: choiceNames(input.choices), gold };
}

function rowNumbers(size: number, kept: Int32Array | null): string[] {
  return Array.from({ length: size }, (_, row) => String(kept === null ? row : kept[row]));
}

function checkedIds(ids: readonly (string | null)[], subject: string, column: string): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  ids.forEach((id, row) => {
    if (id === null || id === "") {
      throw new UserError({
        subject: `${subject}, row ${row}`,
        problem: `no id in ${JSON.stringify(column)}`,
        remedy: "mend it, or leave --id out",
      });
    }
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  });
  if (twice.size > 0) {
    throw new UserError({
      subject,
      problem: `${twice.size.toLocaleString("en-US")} ids in ${JSON.stringify(column)} stand twice or more (${shortList([...twice], 5)})`,
      remedy: "make them unique, or leave --id out",
    });
  }
  return ids as string[];
}

function readVotesOf(
  pick: Columns["pick"],
  columns: readonly (readonly (string | null)[])[],
  names: readonly string[],
  voteLabels: readonly string[] | undefined,
  subject: string,
): Votes | null {
  if (columns.length === 0) return null;
  const parsed = columns.map((column) =>
    pick(column).map((value) => (value === null ? null : (JSON.parse(value) as unknown))),
  );
  const rows = (parsed[0] ?? []).map((_, row) => parsed.map((column) => column[row] ?? null));
  return readVotes(rows, names, voteLabels, subject);
}
