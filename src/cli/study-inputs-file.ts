/** What a built-in study is made for, from a YAML file: what the command line says beside it goes first. */

import { UserError } from "../core/errors.js";
import type { StudyInputs } from "../study/built-in/built-in.js";
import { readStudyInputs } from "../study/spec/spec-file.js";
import { datasetFlags } from "./dataset-flags.js";
import { flagName, type Values } from "./flags.js";
import { budgetsOf, studyInputs, trainerSpec, type studyInputFlags } from "./study-inputs.js";

type InputValues = Values<typeof studyInputFlags>;

/** What the file says, and only it. */
const ofFile = ["test", "mapLabels", "slices", "cluster", ...Object.keys(datasetFlags)];

/**
 * The inputs from a `.yaml` file, or else from data files and flags.
 *
 * @throws UserError where neither is whole, or the file and a flag say the same thing
 */
export async function givenInputs(
  name: string,
  files: readonly string[],
  values: InputValues,
  needsTests: boolean,
): Promise<StudyInputs> {
  const file = files.find((path) => /\.ya?ml$/i.test(path));
  if (file === undefined) return studyInputs(name, files, values, needsTests);
  if (files.length > 1) {
    throw new UserError({
      subject: `alidade study ${name}`,
      problem: "takes one YAML file, or files to train on",
      value: files.join(" "),
      remedy: "name the files to train on under data: in the YAML file",
    });
  }
  const given = Object.entries(values).find(([key, value]) => value !== undefined && ofFile.includes(key));
  if (given !== undefined) {
    throw new UserError({
      subject: flagName(given[0]),
      problem: `cannot be given beside ${file}, which says what is read`,
      remedy: "write it into the file",
    });
  }
  const read = await readStudyInputs(file);
  const asked = trainerSpec(values);
  const other = asked.name !== undefined && asked.name !== read.trainer.name;
  return {
    ...read,
    trainer: other
      ? asked
      : { ...read.trainer, ...asked, options: { ...read.trainer.options, ...asked.options } },
    seed: values.seed ?? read.seed,
    seeds: values.seeds ?? read.seeds,
    budgets: values.budget === undefined ? (read.budgets ?? undefined) : budgetsOf(values.budget),
  };
}
