/** A dataset's labels and a checkpoint's own: which output of the head speaks of which label. */

import { UserError } from "../../../core/errors.js";

/**
 * For each label of the dataset, its output. Names match as they are written, else without regard to case. A checkpoint that
 * never named its labels (`LABEL_0`, ...) takes the dataset's in their order, if there are as many.
 *
 * @param subject the checkpoint, for messages
 * @throws UserError where the two do not match
 */
export function matchLabels(own: readonly string[], labels: readonly string[], subject: string): Int32Array {
  const differ = (problem: string): UserError =>
    new UserError({
      subject,
      problem: `the checkpoint's own head tells apart ${list(own)}, the data ${list(labels)}${problem}`,
      remedy: "name the labels as the checkpoint does, or start with a new head: --head new",
    });
  if (own.length !== labels.length) throw differ("");
  if (own.every((label, index) => label === `LABEL_${index}`) && !labels.includes("LABEL_0")) {
    return Int32Array.from(labels, (_, index) => index);
  }
  const exact = labels.every((label) => own.includes(label));
  const written = (label: string): string => (exact ? label : label.toLowerCase());
  const outputs = labels.map((label) => own.findIndex((name) => written(name) === written(label)));
  const missing = outputs.indexOf(-1);
  if (missing !== -1) throw differ(`, and it has no ${JSON.stringify(labels[missing])}`);
  if (new Set(outputs).size < outputs.length) throw differ(", and the names differ only in case");
  return Int32Array.from(outputs);
}

const most = 5;

function list(labels: readonly string[]): string {
  const shown = labels.slice(0, most).map((label) => JSON.stringify(label));
  const more = labels.length > most ? `, and ${labels.length - most} more` : "";
  return `${labels.length} ${labels.length === 1 ? "label" : "labels"} (${shown.join(", ")}${more})`;
}
