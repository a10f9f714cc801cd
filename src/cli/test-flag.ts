/** `--test name=path` and `--map-labels name: a=b,c=d`: the test sets of a training. */

import { basename } from "node:path";
import { UserError } from "../core/errors.js";

export interface TestFlag {
  readonly name: string;
  readonly path: string;
}

/** `ood=other.tsv`; without a name, the file's own up to its first dot. */
export function parseTest(given: string, flag: string): TestFlag {
  const match = /^([^=/\\]*)=(.+)$/s.exec(given);
  const path = match ? (match[2] ?? "") : given;
  const name = match ? (match[1] ?? "").trim() : (basename(path).split(".")[0] ?? "");
  if (path === "" || name === "") {
    throw new UserError({
      subject: flag,
      problem: "needs a name and a file",
      value: given,
      remedy: "write id=test.csv",
    });
  }
  return { name, path };
}

/** The test sets by name. @throws UserError where a name stands twice */
export function uniqueTests(tests: readonly TestFlag[]): readonly TestFlag[] {
  const seen = new Set<string>();
  for (const { name } of tests) {
    if (seen.has(name)) {
      throw new UserError({
        subject: "--test",
        problem: "two test sets have one name",
        value: name,
        remedy: "write other=file",
      });
    }
    seen.add(name);
  }
  return tests;
}
