/** Colours and type of the figures. */

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

export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: "#ffffff",
    ink: "#1c2430",
    faint: "#5b6675",
    rule: "#c9d0d9",
    bar: "#7d93ad",
    correctness: ["#8f1d14", "#c4452c", "#e08a4f", "#c9a227", "#6f9fb8", "#3f7fb5", "#1f4e8c"],
    series: ["#1f4e8c", "#c4452c", "#2e7d4f", "#8b5fb3", "#b07a12", "#2a8c94", "#a8447c", "#5b6675"],
  },
  dark: {
    background: "#12161c",
    ink: "#e6eaf0",
    faint: "#9aa7b8",
    rule: "#3a4452",
    bar: "#6f86a3",
    correctness: ["#ff6b5c", "#ff8f66", "#f7b267", "#f0d264", "#9fd0e6", "#6ab4f0", "#4a8df0"],
    series: ["#6ab4f0", "#ff8f66", "#7ccf9a", "#c4a2ea", "#f0d264", "#6fd3dc", "#f08ac0", "#9aa7b8"],
  },
};

/** The colour of a share of correct epochs. */
export function correctnessColour(theme: Theme, share: number): string {
  const last = theme.correctness.length - 1;
  return theme.correctness[Math.max(0, Math.min(last, Math.round(share * last)))] ?? theme.ink;
}

/** The name that figures give the typeface, which PNG and PDF embed; a browser without it takes its own sans. */
export const fontFamily = "Open Sans";
export const fontStack = `'${fontFamily}', 'Helvetica Neue', Arial, sans-serif`;
