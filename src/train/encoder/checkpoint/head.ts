/**
 * What stands on the encoder: the first token's last state goes through a dense product, an activation and a linear classifier. The
 * families differ in where dropout stands, in the activation, and in what they call the tensors. As transformers 5.23 has them in
 * `modeling_<family>.py`: ForSequenceClassification and ForMultipleChoice.
 */

import { UserError } from "../../../core/errors.js";
import type { EncoderConfig, Family } from "./config.js";

/** `classification`: one output a label. `choice`: one output for each choice's own sequence. */
export type Task = "classification" | "choice";

export interface HeadPlan {
  /** Dropout of the first token's state, before the dense product. */
  readonly dropoutBefore: number;
  /** After the dense product (`head.pooler`). */
  readonly activation: "tanh" | "relu" | "gelu";
  /** Dropout between the activation and the classifier (`head.classifier`). */
  readonly dropoutAfter: number;
  /** What the checkpoint calls `head.pooler.weight` and `.bias`, without their ends. */
  readonly pooler: string;
  /** What it calls `head.classifier.weight` and `.bias`. */
  readonly classifier: string;
}

/** How tensor names of a whole model begin, for what belongs to the encoder. */
export const prefixes: Readonly<Record<Family, string>> = {
  bert: "bert.",
  roberta: "roberta.",
  distilbert: "distilbert.",
  electra: "electra.",
  "xlm-roberta": "roberta.",
};

/** @param subject the checkpoint, for messages */
export function headPlan(config: EncoderConfig, task: Task, subject = "config.json"): HeadPlan {
  const { hiddenDropout, classifierDropout } = config;
  const pooled = { pooler: `${prefixes[config.family]}pooler.dense`, classifier: "classifier" };
  const inHead = { pooler: "classifier.dense", classifier: "classifier.out_proj" };
  switch (config.family) {
    case "bert":
      return { ...pooled, dropoutBefore: 0, activation: "tanh", dropoutAfter: classifierDropout };
    case "roberta":
    case "xlm-roberta":
      return task === "classification"
        ? { ...inHead, dropoutBefore: classifierDropout, activation: "tanh", dropoutAfter: classifierDropout }
        : { ...pooled, dropoutBefore: 0, activation: "tanh", dropoutAfter: hiddenDropout };
    case "distilbert":
      return {
        pooler: "pre_classifier",
        classifier: "classifier",
        dropoutBefore: 0,
        activation: "relu",
        dropoutAfter: classifierDropout,
      };
    case "electra":
      return task === "classification"
        ? { ...inHead, dropoutBefore: classifierDropout, activation: "gelu", dropoutAfter: classifierDropout }
        : electraSummary(config, subject);
  }
}

/** ELECTRA's multiple choice has a configurable summary (`ElectraSequenceSummary`): the default one is what stands here. */
function electraSummary({ raw }: EncoderConfig, subject: string): HeadPlan {
  const expect = (field: string, fallback: unknown, wanted: unknown): void => {
    const value = raw[field] ?? fallback;
    if (value === wanted) return;
    throw new UserError({
      subject,
      problem: `${field} of another kind than the encoder trainer has for multiple choice`,
      value,
      remedy: `it has ${JSON.stringify(wanted)}`,
    });
  };
  expect("summary_type", "first", "first");
  expect("summary_use_proj", true, true);
  expect("summary_activation", "gelu", "gelu");
  const last = raw["summary_last_dropout"] ?? 0.1;
  const first = raw["summary_first_dropout"] ?? 0;
  return {
    pooler: "sequence_summary.summary",
    classifier: "classifier",
    dropoutBefore: typeof first === "number" ? first : 0,
    activation: "gelu",
    dropoutAfter: typeof last === "number" ? last : 0.1,
  };
}
