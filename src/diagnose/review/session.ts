/**
 * A review as a state machine: a key goes in, a new state and what is to be written come out. It neither reads keys nor writes files.
 *
 * k keep, r relabel (then the label's number, or its name and Enter), d drop, a ambiguous, s skip, u undo, n note (then a line), q quit.
 */

import type { Verdict } from "./verdicts.js";

export interface ReviewItem {
  readonly id: string;
  readonly label: string;
}

export interface ReviewState {
  readonly items: readonly ReviewItem[];
  readonly labelNames: readonly string[];
  readonly reviewer: string;
  /** Index of the item that is shown; `items.length`: all are done. */
  readonly at: number;
  /** What keys mean. */
  readonly mode: "verdict" | "label" | "note" | "done";
  /** What was typed so far of a label or a note. */
  readonly typed: string;
  /** Of the item at hand. */
  readonly note: string;
  /** Items that were judged or skipped, in order: what undo goes back through. */
  readonly past: readonly { readonly at: number; readonly judged: boolean }[];
  /** A line for the reviewer: a key that means nothing, a label that is none. */
  readonly message: string;
}

export interface Turn {
  readonly state: ReviewState;
  /** To be appended; null: nothing. */
  readonly verdict: Omit<Verdict, "time"> | null;
}

export const keyHelp = "k keep  r relabel  d drop  a ambiguous  s skip  u undo  n note  q quit";

export function beginReview(
  items: readonly ReviewItem[],
  labelNames: readonly string[],
  reviewer: string,
): ReviewState {
  const mode = items.length === 0 ? "done" : "verdict";
  return { items, labelNames, reviewer, at: 0, mode, typed: "", note: "", past: [], message: "" };
}

/** @param key one character; `\r` or `\n` for Enter, `\u007f` for Backspace, `\u001b` for Escape */
export function press(state: ReviewState, key: string): Turn {
  if (state.mode === "label") return typeLabel(state, key);
  if (state.mode === "note") return typeNote(state, key);
  if (state.mode === "done" && key !== "u") return stay({ ...state });
  const item = state.items[state.at];
  switch (key) {
    case "k":
      return judge(state, { verdict: "keep" });
    case "d":
      return judge(state, { verdict: "drop" });
    case "a":
      return judge(state, { verdict: "unsure" });
    case "r":
      return stay({ ...state, mode: "label", typed: "", message: "" });
    case "n":
      return stay({ ...state, mode: "note", typed: state.note, message: "" });
    case "s":
      return stay(next(state, false));
    case "u":
      return undo(state);
    case "q":
    case "\u0003":
    case "\u0004":
      return stay({ ...state, mode: "done", message: "" });
    default:
      return stay({
        ...state,
        message:
          item === undefined ? "" : `${key < " " ? "that key" : JSON.stringify(key)} means nothing here`,
      });
  }
}

/** The labels that what was typed could mean: the one of that number, or those whose names begin so. */
export function matchingLabels(state: Pick<ReviewState, "labelNames" | "typed">): readonly string[] {
  const typed = state.typed.trim().toLowerCase();
  const exact = state.labelNames.filter((name) => name.toLowerCase() === typed);
  if (exact.length > 0) return exact;
  if (/^\d+$/.test(typed)) {
    const named = state.labelNames[Number(typed) - 1];
    if (named !== undefined) return [named];
  }
  return typed === "" ? [] : state.labelNames.filter((name) => name.toLowerCase().startsWith(typed));
}

function typeLabel(state: ReviewState, key: string): Turn {
  if (key === "\u001b") return stay({ ...state, mode: "verdict", typed: "", message: "" });
  if (key !== "\r" && key !== "\n") return stay({ ...state, typed: edited(state.typed, key), message: "" });
  const [label, ...others] = matchingLabels(state);
  if (label === undefined || others.length > 0) {
    const problem =
      label === undefined ? "no such label" : `could be ${[label, ...others].slice(0, 5).join(", ")}`;
    return stay({ ...state, typed: "", message: `${JSON.stringify(state.typed)}: ${problem}` });
  }
  if (label === state.items[state.at]!.label)
    return stay({ ...state, typed: "", message: `it is ${label} already: Escape, then k keeps it` });
  return judge(state, { verdict: "relabel", label });
}

function typeNote(state: ReviewState, key: string): Turn {
  if (key === "\u001b") return stay({ ...state, mode: "verdict", typed: "" });
  if (key === "\r" || key === "\n") return stay({ ...state, mode: "verdict", note: state.typed, typed: "" });
  return stay({ ...state, typed: edited(state.typed, key) });
}

function edited(text: string, key: string): string {
  if (key === "\u007f" || key === "\b") return [...text].slice(0, -1).join("");
  return key >= " " ? text + key : text;
}

function judge(state: ReviewState, said: Pick<Verdict, "verdict" | "label">): Turn {
  const { reviewer, note } = state;
  const { id } = state.items[state.at]!;
  return { state: next(state, true), verdict: { id, ...said, ...(note === "" ? {} : { note }), reviewer } };
}

function undo(state: ReviewState): Turn {
  const last = state.past.at(-1);
  if (last === undefined) return stay({ ...state, message: "nothing to undo" });
  const back: ReviewState = {
    ...{ ...state, at: last.at, mode: "verdict", typed: "", note: "", message: "" },
    past: state.past.slice(0, -1),
  };
  const { id } = state.items[last.at]!;
  return { state: back, verdict: last.judged ? { id, verdict: "retract", reviewer: state.reviewer } : null };
}

function next(state: ReviewState, judged: boolean): ReviewState {
  const at = state.at + 1;
  return {
    ...state,
    at,
    mode: at < state.items.length ? "verdict" : "done",
    typed: "",
    note: "",
    past: [...state.past, { at: state.at, judged }],
    message: "",
  };
}

function stay(state: ReviewState): Turn {
  return { state, verdict: null };
}
