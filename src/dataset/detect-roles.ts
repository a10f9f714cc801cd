/**
 * Which column plays which part, where the user does not say: by the names that published datasets use, else by content (one
 * column of long, mostly distinct texts; one of few, repeated values). Two candidates are an error, never a guess.
 */

import { identifier } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import type { Roles } from "./dataset.js";
import { shortList, type SourceColumn, type SourceTable } from "./source-table.js";

const textNames = [
  "text",
  "sentence",
  "review",
  "content",
  "tweet",
  "question",
  "comment",
  "document",
  "body",
  "message",
  "utterance",
  "headline",
  "title",
  "news_title",
  "query",
  "post",
];
const labelNames = [
  "label",
  "gold_label",
  "labels",
  "sentiment",
  "category",
  "class",
  "target",
  "intent",
  "hard_label",
  "label_name",
  "gold",
  "topic",
  "answer",
  "rating",
  "y",
];
const pairNames = [
  ["premise", "hypothesis"],
  ["sentence1", "sentence2"],
  ["question1", "question2"],
  ["text_a", "text_b"],
  ["text1", "text2"],
  ["sentence_a", "sentence_b"],
  ["question", "sentence"],
  ["query", "passage"],
] as const;
const idNames = ["id", "guid", "uid", "idx", "index", "pairid", "qid", "example_id", "sample_id", "uuid"];

const textLike = /^(VARCHAR|BIGINT|INTEGER|SMALLINT|TINYINT|BOOLEAN|UBIGINT|HUGEINT|DOUBLE|FLOAT|ENUM.*)$/;

/** The given roles, completed. @param given roles that the user named; they are not questioned */
export async function detectRoles(source: SourceTable, given: Roles): Promise<Roles> {
  const byName = (names: readonly string[]): string | undefined => {
    for (const name of names) {
      const found = source.columns.find(
        (column) => column.name.toLowerCase() === name && textLike.test(column.type),
      );
      if (found) return found.name;
    }
    return undefined;
  };
  const roles: { -readonly [K in keyof Roles]: Roles[K] } = { ...given };
  const needsText = given.text === undefined && given.features === undefined;
  if (needsText && given.textPair === undefined && given.choices === undefined) {
    const pair = pairNames.find((names) =>
      names.every((name) => byName([name]) !== undefined && byName([name]) !== given.label),
    );
    if (pair) [roles.text, roles.textPair] = [byName([pair[0]]), byName([pair[1]])];
  }
  roles.label ??= byName(labelNames.filter((name) => name !== roles.text));
  if (needsText) roles.text ??= byName(textNames.filter((name) => name !== roles.label));
  roles.id ??= await idColumn(source, byName(idNames));
  if (roles.label === undefined || (needsText && roles.text === undefined))
    await byContent(source, roles, needsText);
  return roles;
}

/** An id column found by name is taken only where it can serve: a value in every row, none twice. */
async function idColumn(source: SourceTable, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const column = identifier(name);
  const [counts] = await source.database.rows(
    `SELECT count(${column}) AS n, count(DISTINCT ${column}) AS d FROM source`,
  );
  return Number(counts?.["n"]) === source.size && Number(counts?.["d"]) === source.size ? name : undefined;
}

interface Profile {
  readonly name: string;
  readonly distinct: number;
  readonly length: number;
}

async function byContent(
  source: SourceTable,
  roles: { -readonly [K in keyof Roles]: Roles[K] },
  needsText: boolean,
): Promise<void> {
  const taken = new Set([
    roles.text,
    roles.textPair,
    roles.label,
    roles.id,
    roles.group,
    ...(roles.choices ?? []),
    ...(roles.votes ?? []),
  ]);
  const open = source.columns.filter((column) => textLike.test(column.type) && !taken.has(column.name));
  const profiles = await Promise.all(open.map((column) => profile(source, column)));
  if (needsText && roles.text === undefined) {
    const texts = profiles.filter(({ distinct, length }) => distinct > source.size / 2 && length >= 12);
    const best = Math.max(...texts.map(({ length }) => length));
    // A text among short strings (names, addresses) stands out by its length.
    roles.text = only(
      source,
      "--text",
      "text",
      texts.filter(({ length }) => length > best / 3),
      open,
    );
  }
  if (roles.label === undefined) {
    const labels = profiles.filter(({ name, distinct, length }) => {
      return (
        name !== roles.text &&
        distinct >= 2 &&
        distinct <= Math.max(2, Math.min(1000, source.size / 5)) &&
        length <= 60
      );
    });
    roles.label = only(source, "--label", "label", labels, open);
  }
}

async function profile(source: SourceTable, column: SourceColumn): Promise<Profile> {
  const name = identifier(column.name);
  const [figures] = await source.database.rows(
    `SELECT approx_count_distinct(${name}) AS near, avg(length(${name}::VARCHAR)) AS length FROM source`,
  );
  const near = Number(figures?.["near"] ?? 0);
  // The estimate is off by some per cent: where it decides, count.
  const exact =
    near < 5000 ? Number(await source.database.value(`SELECT count(DISTINCT ${name}) FROM source`)) : near;
  return { name: column.name, distinct: exact, length: Number(figures?.["length"] ?? 0) };
}

function only(
  source: SourceTable,
  option: string,
  role: string,
  candidates: readonly Profile[],
  columns: readonly SourceColumn[],
): string {
  const [first] = candidates;
  if (first && candidates.length === 1) return first.name;
  const names = (candidates.length > 0 ? candidates : columns).map(({ name }) => name);
  throw new UserError({
    subject: source.name,
    problem:
      candidates.length > 1 ? `several columns could be the ${role}` : `no column looks like the ${role}`,
    value: candidates.length > 1 ? shortList(names) : undefined,
    remedy:
      candidates.length > 1
        ? `name one with ${option}`
        : `name it with ${option}; there are ${shortList(names)}`,
  });
}

/** What was taken, in a sentence for the reader. */
export function describeRoles(roles: Roles, given: Roles, labelCount: number): string | null {
  const found: string[] = [];
  const options: string[] = [];
  const add = (role: keyof Roles, text: string, option: string): void => {
    const column = roles[role];
    if (column === undefined || given[role] !== undefined) return;
    found.push(`${JSON.stringify(Array.isArray(column) ? column.join(", ") : column)} as ${text}`);
    options.push(option);
  };
  add("text", roles.textPair === undefined ? "the text" : "the first text", "--text");
  add("textPair", "the second text", "--text-pair");
  add("label", `the label (${labelCount} labels)`, "--label");
  add("id", "the id", "--id");
  return found.length === 0
    ? null
    : `took column ${found.join(", ")}; say otherwise with ${options.join(", ")}`;
}
