/** A test set of a resumed run, read again from files that are still what they were. */

import { stat } from "node:fs/promises";
import { UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { fileChecksum } from "../run/checksum.js";
import type { Manifest } from "../run/manifest.js";
import type { RunReaders } from "./run-readers.js";

type StoredTest = Manifest["tests"][string];

/** @throws UserError where a file is gone or has changed, or where there never was one */
export async function reopenTest(
  readers: Pick<RunReaders, "test">,
  name: string,
  test: StoredTest,
): Promise<Dataset> {
  await checkSources(name, test);
  return await readers.test(name, test);
}

async function checkSources(name: string, { sources }: StoredTest): Promise<void> {
  const subject = `test set ${name}`;
  if (sources.length === 0) {
    throw new UserError({
      subject,
      problem: "came from no file, so it cannot be read again",
      remedy: "hand it to resumeTraining in `tests`",
    });
  }
  for (const { path, sha256 } of sources) {
    if (sha256 === null) {
      throw new UserError({
        subject,
        problem: "was read from standard input or a pipe, so it cannot be read again",
        remedy: "make the run anew, with the test set in a file",
      });
    }
    const found = await stat(path).catch(() => null);
    if (!found) {
      throw new UserError({
        subject,
        problem: "its file has moved or is gone",
        value: path,
        remedy: "put it back, or resume from the folder where the run was begun",
      });
    }
    if ((await fileChecksum(path)) !== sha256) {
      throw new UserError({
        subject,
        problem: "its file has changed since the run began",
        value: path,
        remedy: "restore it, or make the run anew",
      });
    }
  }
}
