/** What a finished step leaves: one JSON file, written last and whole. Read back, it is validated. */

import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { studyLayout } from "./layout.js";

const when = { seconds: z.number(), started: z.string(), host: z.string() };
const shares = z.record(z.string(), z.number());

const mapRecord = z.object({
  kind: z.literal("map"),
  key: z.string(),
  ...when,
  /** Of `seconds`, the training; the rest is computing the map. */
  trainSeconds: z.number(),
});

const selectionRecord = z.object({
  kind: z.literal("selection"),
  key: z.string(),
  n: z.number(),
  /** With every default filled in. */
  recipe: z.record(z.string(), z.unknown()),
  /** What deserves to be told: ties at the cut, labels with too few examples, ... */
  notes: z.record(z.string(), z.unknown()),
  ...when,
});

const scores = z.object({
  test: z.string(),
  size: z.number(),
  /** The share of the test set's commonest label. */
  majority: z.number(),
  accuracy: z.number(),
  macroF1: z.number(),
  matthews: z.number(),
  loss: z.number(),
  perLabel: z.array(
    z.object({
      label: z.string(),
      n: z.number(),
      recall: z.number().nullable(),
      precision: z.number().nullable(),
      f1: z.number().nullable(),
    }),
  ),
  slices: z.array(z.object({ column: z.string(), value: z.string(), n: z.number(), accuracy: z.number() })),
  /** Share of each scored label in the predictions. */
  predicted: shares,
});
export type TestRecord = z.infer<typeof scores>;

const cellRecord = z.object({
  kind: z.literal("cell"),
  key: z.string(),
  /** Training examples, and how often each was seen: a part of an epoch counts as such a part. */
  n: z.number(),
  epochs: z.number(),
  /** null where the trainer does not count them. */
  updates: z.number().nullable().default(null),
  trainAccuracy: z.number(),
  trainMajority: z.number(),
  trainLabels: shares,
  tests: z.array(scores),
  ...when,
  /** Of that cell alone. */
  testSeconds: z.number(),
});

export const recordSchema = z.discriminatedUnion("kind", [mapRecord, selectionRecord, cellRecord]);
export type StepRecord = z.infer<typeof recordSchema>;
export type CellRecord = z.infer<typeof cellRecord>;
export type MapRecord = z.infer<typeof mapRecord>;
export type SelectionRecord = z.infer<typeof selectionRecord>;

/** The record of a step; null where it does not stand. @throws UserError where it is damaged */
export async function readRecord(
  study: string,
  kind: StepRecord["kind"],
  key: string,
): Promise<StepRecord | null> {
  const path = studyLayout.record(study, kind, key);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "damaged: not a record of a study",
      remedy: "delete it: the step is done again",
      cause,
    });
  }
}

/** Makes a step's result stand. */
export async function writeRecord(study: string, record: StepRecord): Promise<void> {
  const path = studyLayout.record(study, record.kind, record.key);
  await withDiskErrors(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, `${JSON.stringify(record, null, 1)}\n`, studyLayout.scratch(study));
  });
}
