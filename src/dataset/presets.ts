/**
 * Known layouts: which columns play which part, and the two that are not tables. The GLUE tab-separated files hold bare double quotes
 * and have no quoting.
 */

import type { Roles } from "./dataset.js";

export const presetNames = ["snli", "mnli", "qnli", "winogrande", "wsc", "trec"] as const;
export type PresetName = (typeof presetNames)[number];

export interface Preset {
  /** Candidate columns of each role; the first that is there is taken. */
  readonly roles: {
    readonly text: readonly string[];
    readonly textPair?: readonly string[];
    readonly choices?: readonly string[];
    readonly label: readonly string[];
  };
  /** Whether fields of a tab-separated file may be quoted. */
  readonly quotes: boolean;
  /** A label that stands for "none agreed upon". */
  readonly missingLabel?: string;
  /** Turns a text that is not a table into rows. Throws a message with the line's number where it cannot. */
  readonly rows?: (text: string) => Record<string, unknown>[];
}

const inference: Preset = {
  roles: {
    text: ["sentence1", "premise"],
    textPair: ["sentence2", "hypothesis"],
    label: ["gold_label", "label"],
  },
  quotes: false,
  missingLabel: "-",
};

export const presets: Readonly<Record<PresetName, Preset>> = {
  snli: inference,
  mnli: inference,
  qnli: {
    roles: {
      text: ["question"],
      textPair: ["sentence"],
      label: ["label", "gold_label"],
    },
    quotes: false,
  },
  winogrande: {
    roles: {
      text: ["sentence"],
      choices: ["option1", "option2"],
      label: ["answer", "label"],
    },
    quotes: false,
  },
  wsc: {
    roles: { text: ["sentence"], choices: ["choices"], label: ["answer"] },
    quotes: true,
    rows: winogradRows,
  },
  trec: { roles: { text: ["question"], label: ["coarse"] }, quotes: true, rows: trecRows },
};

/** The roles of a preset as they stand in a source: candidates that are there. */
export function presetRoles(preset: Preset, has: (column: string) => boolean): Roles {
  const first = (names: readonly string[] | undefined): string | undefined => names?.find(has) ?? undefined;
  const { text, textPair, choices, label } = preset.roles;
  return {
    // Where none is there, the first is asked for, so that the error names it.
    text: first(text) ?? text[0],
    label: first(label) ?? label[0],
    ...(textPair && { textPair: first(textPair) ?? textPair[0] }),
    ...(choices && { choices }),
  };
}

/**
 * Five lines an item: the sentence, the words in it that the choices stand for ([MASK] or a pronoun), the choices with a comma
 * between them, the answer, a blank. A pronoun's place becomes [MASK].
 */
function winogradRows(text: string): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  for (let at = 0; at < lines.length; at += 5) {
    const [sentence = "", pronoun = "", listed = "", answer = "", blank = ""] = lines.slice(at, at + 5);
    if (sentence === "" && lines.slice(at).every((line) => line === "")) break;
    const choices = listed.split(",").map((choice) => choice.trim());
    const masked = choices.length < 2 || blank !== "" ? null : maskPronoun(sentence, pronoun, choices);
    const right = choices.find((choice) => choice.toLowerCase() === answer.toLowerCase());
    if (masked === null || right === undefined) {
      throw new Error(
        `${at + 1}: not an item of five lines (sentence, pronoun in it, choices, answer, blank)`,
      );
    }
    rows.push({ sentence: masked, choices, answer: right });
  }
  return rows;
}

/** The sentence with [MASK] for the pronoun: its first place after both candidates were named, else its last. */
function maskPronoun(sentence: string, pronoun: string, choices: readonly string[]): string | null {
  if (sentence.includes("[MASK]")) return sentence;
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}])${pronoun.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![\\p{L}\\p{N}])`,
    "giu",
  );
  const places = pronoun === "" ? [] : [...sentence.matchAll(word)].map((match) => match.index);
  const named = Math.max(...choices.map((choice) => sentence.toLowerCase().indexOf(choice.toLowerCase())));
  const place = places.find((index) => index > named) ?? places.at(-1);
  return place === undefined
    ? null
    : `${sentence.slice(0, place)}[MASK]${sentence.slice(place + pronoun.length)}`;
}

/** `COARSE:fine question` a line. */
function trecRows(text: string): Record<string, unknown>[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line, index) => {
      const match = /^([^\s:]+):(\S+) (.*)$/.exec(line);
      if (!match) throw new Error(`${index + 1}: not COARSE:fine and a question`);
      const [, coarse, fine, question] = match;
      return { question, coarse, fine: `${coarse}:${fine}` };
    });
}
