/**
 * `run.json`: what a run is, and how far it has come. Validated whenever it is read; replaced atomically when it changes.
 */

import { z } from "zod";

/** The newest run format that this version reads and the one that it writes. */
export const formatVersion = 1;

const source = z.object({ path: z.string(), bytes: z.number(), sha256: z.string().nullable() });

/** Columns that an epoch's part files may have beside `row`. */
export const dynamicsColumns = [
  "gold_probability",
  "predicted",
  "predicted_probability",
  "margin",
  "loss",
  "entropy",
  "el2n",
  "logits",
  "top_labels",
  "top_logits",
  "log_sum_exp",
] as const;
export type DynamicsColumn = (typeof dynamicsColumns)[number];

export const manifestSchema = z.object({
  format: z.literal(formatVersion),
  /** Version of Alidade that began the run. */
  alidade: z.string(),
  dataset: z.object({
    name: z.string(),
    size: z.number().int().positive(),
    input: z.enum(["text", "pair", "choices", "features", "none"]),
    /** Empty where labels are not known (a coordinates file). */
    labelNames: z.array(z.string()),
    /** Roles by the source's column names; `examples.parquet` holds those columns in `source`. */
    roles: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    sources: z.array(source),
  }),
  /** null: the dynamics were imported. */
  trainer: z
    .object({
      name: z.string(),
      /** Which of its algorithms began the run (`Trainer.version`). Absent: the run is of before this was noted. */
      version: z.number().int().optional(),
      options: z.record(z.string(), z.unknown()),
      seed: z.number().int(),
      threads: z.number().int().positive(),
      /** Held-out only: how many models, each trained without one fold. */
      folds: z.number().int().nullable(),
    })
    .nullable(),
  /** null: trained by Alidade. */
  imported: z
    .object({
      format: z.enum(["allenai", "table", "aum", "coordinates"]),
      sources: z.array(source),
      /** What was assumed on the way, each in one sentence. */
      notes: z.array(z.string()),
      /** Whether ids were numbers in the source: an export writes them as numbers again. Absent: they were not. */
      numericIds: z.boolean().optional(),
    })
    .nullable(),
  protocol: z.enum(["train-pass", "epoch-end", "held-out", "unknown"]),
  epochs: z.object({ planned: z.number().int().nonnegative(), finished: z.number().int().nonnegative() }),
  logits: z.enum(["all", "top", "none"]),
  /** The dynamics columns that are recorded; the others are absent from the files. */
  columns: z.array(z.enum(dynamicsColumns)),
  /** Test sets by name: how they are read again on resume. */
  tests: z.record(
    z.string(),
    z.object({
      sources: z.array(source),
      /** A test label's name for each of the model's labels; empty: the same names. */
      mapLabels: z.record(z.string(), z.string()),
      /** Whether predictions are kept of every epoch, not of the last only. Default: they are not. */
      everyEpoch: z.boolean().optional(),
      /** The options that the test set was read with, as the dataset reader takes them. */
      read: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  /** Mean training loss of each finished epoch, nats an example; empty where imported. */
  trainLoss: z.array(z.number()),
  /** SHA-256 of every finished file, by its path in the run with `/`. */
  checksums: z.record(z.string(), z.string()),
  /** ISO 8601. The only part that differs between two runs of the same command. */
  times: z.object({ began: z.string(), updated: z.string(), seconds: z.number().nonnegative() }),
});

export type Manifest = z.infer<typeof manifestSchema>;
