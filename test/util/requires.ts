/**
 * Parts of the machine that some tests use. Where one is missing the test skips and says how to get it; with ALIDADE_REQUIRE_ALL set,
 * as the continuous integration does, it runs and fails.
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const programs: Readonly<Record<string, string>> = {
  pdftotext: "apt-get install poppler-utils",
  pdffonts: "apt-get install poppler-utils",
  chromium: "apt-get install chromium",
};

/** Why a test that runs this program skips: null where it does not. */
export function lacks(program: string): string | null {
  if (process.env["ALIDADE_REQUIRE_ALL"]) return null;
  const found = spawnSync(program, [program === "chromium" ? "--version" : "-v"]).error === undefined;
  return found ? null : `${program} is absent: ${programs[program] ?? `install ${program}`}`;
}

/** A title that says why its test skips. */
export function titled(title: string, reason: string | null): string {
  return reason === null ? title : `${title} [skipped: ${reason}]`;
}

const data = new URL("../../../shared/data/", import.meta.url).pathname;

/** The folder of the published data sets, and why tests of them skip: they are not part of the repository. */
export const published = {
  folder: data,
  lacks: existsSync(data) ? null : "the published data sets are absent (../shared/data)",
};
