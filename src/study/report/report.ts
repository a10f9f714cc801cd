/** A report before it is written in a format: lines, tables and figures as plain data. */

import type { ThemeName } from "../../plot/theme.js";

export interface ReportColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

export interface ReportTable {
  /** A file's name, too. */
  readonly name: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly string[])[];
}

export interface ReportFigure {
  /** A file's name, too. */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** SVG. */
  readonly draw: (theme: ThemeName, width?: number) => string;
}

export interface Report {
  readonly title: string;
  /** What the study finds, in sentences. */
  readonly findings: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
  /** What it takes to repeat it. */
  readonly provenance: readonly (readonly [what: string, value: string])[];
  /** To be pasted into a shell. */
  readonly commands: readonly string[];
}

/** Where results come from; a study's folder knows. */
export interface Provenance {
  readonly name: string;
  /** That goes on with the study, or makes it anew. */
  readonly command: string;
  /** Of Alidade, Node and the platform. */
  readonly versions: readonly (readonly [what: string, value: string])[];
  /** Anything else that the results depend on: files' hashes, options. */
  readonly facts: readonly (readonly [what: string, value: string])[];
}
