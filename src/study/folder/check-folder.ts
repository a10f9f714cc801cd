/** Whether a study may be run in a folder: a new one, an empty one, or the same study's. */

import { readdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "../../core/errors.js";
import { studyLayout } from "./layout.js";
import { readStudyManifest } from "./manifest.js";

/** What is recognised as a study's without its `study.json`: killed before that was written, or deleted where it was damaged. */
const traces: readonly string[] = [
  studyLayout.results,
  studyLayout.tests,
  studyLayout.maps,
  studyLayout.selections,
  studyLayout.cells,
].map((place) => basename(place("study")));

const passing = [studyLayout.lock, studyLayout.scratch].map((place) => basename(place("study")));

/**
 * @param name of the study that is to run there
 * @throws UserError where something else stands there: a file, another study (its results would be replaced), anything that is no study
 */
export async function checkStudyFolder(folder: string, name: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return;
  const remedy = "give another folder with -o";
  if (!found.isDirectory())
    throw new UserError({ subject: folder, problem: "is a file, not a folder", remedy });
  const before = await readStudyManifest(folder);
  if (before !== null) {
    if (before.spec.name === name) return;
    throw new UserError({
      subject: folder,
      problem: "holds another study",
      value: before.spec.name,
      remedy: `${remedy}, or where it is the same one, name: ${before.spec.name} in its file`,
    });
  }
  const entries = (await readdir(folder)).filter((entry) => !passing.some((own) => entry.startsWith(own)));
  if (entries.length === 0 || entries.some((entry) => traces.includes(entry))) return;
  throw new UserError({
    subject: folder,
    problem: "is not empty, and holds no study",
    value: entries[0],
    remedy,
  });
}
