/** Votes by example: how many for each label and, where it is known, who said what. */

import { UserError } from "../../core/errors.js";
import { parseVotes, readVotes } from "../../dataset/votes.js";
import type { VoteLines } from "./vote-source.js";

/** One entry a vote. */
export interface Ballots {
  readonly annotators: readonly string[];
  readonly row: Int32Array;
  /** Index into `annotators`. */
  readonly annotator: Int32Array;
  /** Index into the labels. */
  readonly label: Int32Array;
}

export interface VoteTable {
  readonly from: string;
  readonly labelNames: readonly string[];
  /** Rows of the run x labels, row-major. */
  readonly counts: Uint32Array;
  /** null where the votes bear no names. */
  readonly ballots: Ballots | null;
  /** Lines of a file of votes whose example is not in the run. */
  readonly strangers: number;
}

export interface VoteTableRequest {
  /** Number of examples of the run. */
  readonly size: number;
  /** Of the run; empty where it does not know its labels. */
  readonly labelNames: readonly string[];
  /** The labels that bare counts stand for, in their order. */
  readonly voteLabels: readonly string[] | undefined;
}

/**
 * @throws UserError for a vote that names no label of the run, bare counts without `voteLabels`, annotators that do not match the votes, and where
 * there is not a single vote
 */
export function voteTable(lines: VoteLines, { size, labelNames, voteLabels }: VoteTableRequest): VoteTable {
  const names = checkedNames(labelNames, voteLabels);
  const own = readVotes(lines.cells, names, voteLabels, lines.from);
  const [labels, width] = [names.length, own.labelNames.length];
  const place = own.labelNames.map((name) => names.indexOf(name));
  const counts = new Uint32Array(size * labels);
  let [strangers, votes] = [0, 0];
  lines.rows.forEach((row, line) => {
    if (row < 0) return void strangers++;
    for (let k = 0; k < width; k++) {
      const count = own.counts[line * width + k]!;
      counts[row * labels + place[k]!]! += count;
      votes += count;
    }
  });
  if (votes === 0) {
    throw new UserError({
      subject: lines.from,
      problem: "holds no votes: every cell is empty",
      remedy: "name another column with --votes",
    });
  }
  return { from: lines.from, labelNames: names, counts, ballots: ballotsOf(lines, names), strangers };
}

function checkedNames(
  labelNames: readonly string[],
  voteLabels: readonly string[] | undefined,
): readonly string[] {
  if (labelNames.length === 0) {
    if (voteLabels !== undefined) return voteLabels;
    throw new UserError({
      subject: "--votes",
      problem: "the run does not know its labels",
      remedy: "name those that were voted for with --vote-labels",
    });
  }
  const stranger = voteLabels?.find((name) => !labelNames.includes(name));
  if (stranger !== undefined) {
    throw new UserError({
      subject: "--vote-labels",
      problem: "not a label of the run",
      value: stranger,
      remedy: `its labels are ${labelNames.join(", ")}`,
    });
  }
  const twice = voteLabels?.find((name, at) => voteLabels.indexOf(name) !== at);
  if (twice !== undefined)
    throw new UserError({
      subject: "--vote-labels",
      problem: "named twice",
      value: twice,
      remedy: "name it once",
    });
  // Bare counts may leave out labels that nobody could vote for.
  return labelNames;
}

/** Who said what: by a column of annotators, or by a column an annotator. */
function ballotsOf(lines: VoteLines, names: readonly string[]): Ballots | null {
  const { cells, columns, annotators } = lines;
  if (annotators === null && columns.length < 2) return null;
  const known = new Map<string, number>();
  const [row, annotator, label]: [number[], number[], number[]] = [[], [], []];
  for (const [line, own] of cells.entries()) {
    const at = lines.rows[line]!;
    const said = annotators === null ? own : own.flatMap(listed);
    const who = annotators === null ? columns : listed(annotators[line]).map(String);
    if (annotators === null && own.some((cell) => listed(cell).length > 1)) return null;
    if (said.length !== who.length) {
      throw new UserError({
        subject: `${lines.from}, row ${line}`,
        problem: `${said.length} votes beside ${who.length} annotators`,
        value: who.join(","),
        remedy: "--annotators needs a name for each vote, in the same order",
      });
    }
    if (at < 0) continue;
    said.forEach((vote, i) => {
      if (vote === null || vote === undefined || vote === "") return;
      const index = names.indexOf(typeof vote === "string" ? vote.trim() : JSON.stringify(vote));
      const name = who[i]!;
      if (!known.has(name)) known.set(name, known.size);
      row.push(at);
      annotator.push(known.get(name)!);
      label.push(index);
    });
  }
  if (label.includes(-1)) {
    // They were read as votes: they are counts, of which nobody is the annotator.
    if (annotators === null) return null;
    throw new UserError({
      subject: "--annotators",
      problem: "goes with votes that name labels, and these are counts",
      remedy: "leave it out",
    });
  }
  return {
    annotators: [...known.keys()],
    row: Int32Array.from(row),
    annotator: Int32Array.from(annotator),
    label: Int32Array.from(label),
  };
}

/** A cell as a list. */
function listed(cell: unknown): unknown[] {
  if (cell === null || cell === undefined || cell === "") return [];
  const value = typeof cell === "string" ? parseVotes(cell) : cell;
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
