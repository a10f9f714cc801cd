/** Colours and type of the figures. */

import { UserError } from "../core/errors.js";

export const themeNames = ["light", "dark"] as const;
export type ThemeName = (typeof themeNames)[number];

export interface Theme {
  readonly background: string;
  readonly ink: string;
  /** Second-rank text. */
  readonly faint: string;
  readonly rule: string;
  readonly bar: string;
  /** From never correct to always correct: diverging, told apart by the colour-blind and in grey. */
  readonly correctness: readonly string[];
  /** Lines of several series. */
  readonly series: readonly string[];
}

const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: "#ffffff",
    ink: "#1c2430",
    faint: "#5b6675",
    rule: "#c9d0d9",
    bar: "#7d93ad",
    correctness: ["#7d0c1a", "#b3231f", "#dc5420", "#c99a12", "#4da3b3", "#2874ba", "#16377d"],
    series: ["#1f4e8c", "#c4452c", "#2e7d4f", "#8b5fb3", "#b07a12", "#2a8c94", "#a8447c", "#5b6675"],
  },
  dark: {
    background: "#12161c",
    ink: "#e6eaf0",
    faint: "#9aa7b8",
    rule: "#3a4452",
    bar: "#6f86a3",
    correctness: ["#ef4444", "#ff7d4d", "#ffb05c", "#ffe68c", "#b0e8ee", "#62b9f7", "#4577ff"],
    series: ["#6ab4f0", "#ff8f66", "#7ccf9a", "#c4a2ea", "#f0d264", "#6fd3dc", "#f08ac0", "#9aa7b8"],
  },
};

/** The theme of that name, light by default. @throws UserError for a name that is no theme */
export function themeOf(name: string | undefined): Theme {
  if (name === undefined) return themes.light;
  if (name === "light" || name === "dark") return themes[name];
  throw new UserError({
    subject: "figure",
    problem: "no such theme",
    value: name,
    remedy: `choose ${themeNames.join(" or ")}`,
  });
}

/** The colour of a share of correct epochs, mixed from the two nearest of the scale. */
export function correctnessColour({ correctness: scale }: Theme, share: number): string {
  const at = Math.max(0, Math.min(1, share)) * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const [from, to] = [channels(scale[low] ?? "#000000"), channels(scale[low + 1] ?? "#000000")];
  const mixed = from.map((channel, i) => Math.round(channel + (at - low) * ((to[i] ?? 0) - channel)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

/** The name that figures give the typeface, which PNG and PDF embed; a browser without it takes its own sans. */
export const fontFamily = "Open Sans";
export const fontStack = `'${fontFamily}', 'Helvetica Neue', Arial, sans-serif`;
