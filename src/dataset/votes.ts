/**
 * Annotators' votes in the forms that published datasets have: a column an annotator, a list of labels, labels with commas between
 * them, counts by label, or bare counts (whose order only the user knows).
 */

import { UserError } from "../core/errors.js";
import type { Votes } from "./dataset.js";

/**
 * @param cells for each row the value of each votes column, parsed from JSON
 * @param voteLabels the labels that bare counts stand for
 * @throws UserError for a label that is not among the names, bare counts without `voteLabels`, or lists of another length
 */
export function readVotes(
  cells: readonly (readonly unknown[])[],
  labelNames: readonly string[],
  voteLabels: readonly string[] | undefined,
  subject: string,
): Votes {
  const names = voteLabels ?? labelNames;
  const known = new Map(names.map((name, index) => [name, index]));
  const counts = new Uint32Array(cells.length * names.length);
  cells.forEach((row, at) => {
    const where = `${subject}, row ${at}`;
    const add = (label: string, count: number): void => {
      const index = known.get(label);
      if (index === undefined) {
        throw new UserError({
          subject: where,
          problem: "a vote for a label that is not known",
          value: label,
          remedy: `the labels are ${names.join(", ")}; bare counts need --vote-labels, in their order`,
        });
      }
      const cell = at * names.length + index;
      counts[cell] = (counts[cell] ?? 0) + count;
    };
    for (const value of row.length === 1 ? [row[0]] : [row]) addVotes(value, names, voteLabels, where, add);
  });
  return { labelNames: names, counts };
}

function addVotes(
  value: unknown,
  names: readonly string[],
  voteLabels: readonly string[] | undefined,
  where: string,
  add: (label: string, count: number) => void,
): void {
  if (value === null || value === undefined || value === "") return;
  if (typeof value === "string") {
    return addVotes(parseVotes(value), names, voteLabels, where, add);
  }
  if (Array.isArray(value)) {
    const entries = (value as unknown[]).filter((entry) => entry !== null && entry !== "");
    const numbers = entries.map((entry) =>
      typeof entry === "number" ? entry : Number(String(entry).trim()),
    );
    const labels = entries.every((entry) => names.includes(label(entry)));
    if (!labels && numbers.every((entry) => Number.isSafeInteger(entry) && entry >= 0)) {
      return addCounts(numbers, voteLabels, where, add);
    }
    for (const entry of entries) add(label(entry), 1);
    return;
  }
  if (typeof value === "object") {
    for (const [name, count] of Object.entries(value)) {
      if (count === null) continue;
      if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
        throw new UserError({
          subject: where,
          problem: "not a count of votes",
          value: JSON.stringify(value),
          remedy: "give whole numbers",
        });
      }
      if (count > 0) add(name, count);
    }
    return;
  }
  add(label(value), 1);
}

function addCounts(
  numbers: readonly number[],
  voteLabels: readonly string[] | undefined,
  where: string,
  add: (label: string, count: number) => void,
): void {
  if (voteLabels?.length !== numbers.length) {
    throw new UserError({
      subject: where,
      problem:
        voteLabels === undefined
          ? "bare vote counts, whose labels are not said"
          : "as many vote counts as labels are needed",
      value: numbers.join(","),
      remedy: `give --vote-labels with ${numbers.length} names, in the order of the counts`,
    });
  }
  voteLabels.forEach((name, index) => {
    const count = numbers[index] ?? 0;
    if (count > 0) add(name, count);
  });
}

/** Votes written as one text: JSON, else labels with commas between them. */
export function parseVotes(text: string): unknown {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Not JSON after all: labels with commas between them.
    }
  }
  return text.split(",").map((entry) => entry.trim());
}

function label(entry: unknown): string {
  return typeof entry === "string" ? entry.trim() : String(entry);
}
