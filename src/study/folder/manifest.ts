/** `study.json`: what a study's folder was last asked for. Validated when it is read. */

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { version } from "../../core/version.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { studyLayout } from "./layout.js";
import type { PlanLine, StudyPlan } from "../plan/plan.js";
import type { ArmSpec, StudySpec } from "../spec/spec.js";
import type { StepInputs } from "../plan/step.js";

export const studyFormat = 1;

const seeds = z.object({ map: z.number(), selection: z.number(), training: z.number() });

const schema = z.object({
  format: z.literal(studyFormat),
  alidade: z.string(),
  /** The command that goes on with it. */
  command: z.string(),
  /** Examples of the whole training set. */
  size: z.number(),
  spec: z.record(z.string(), z.unknown()),
  /** All arms of all rounds so far. */
  arms: z.array(z.record(z.string(), z.unknown())),
  steps: z.array(
    z.object({
      key: z.string(),
      kind: z.enum(["map", "selection", "cell"]),
      title: z.string(),
      needs: z.array(z.string()),
      inputs: z.record(z.string(), z.unknown()),
    }),
  ),
  lines: z.array(
    z.object({
      arm: z.string(),
      replicate: z.number(),
      budget: z.enum(["epochs", "steps"]),
      seeds,
      mapName: z.string().nullable(),
      map: z.string().nullable(),
      selection: z.string().nullable(),
      cell: z.string().nullable(),
    }),
  ),
});

export interface StoredStep {
  readonly key: string;
  readonly kind: "map" | "selection" | "cell";
  readonly title: string;
  readonly needs: readonly string[];
  readonly inputs: StepInputs;
}

export interface StudyManifest {
  readonly command: string;
  readonly size: number;
  readonly spec: StudySpec;
  readonly arms: readonly ArmSpec[];
  readonly steps: readonly StoredStep[];
  readonly lines: readonly PlanLine[];
}

export function manifestOf(
  spec: StudySpec,
  arms: readonly ArmSpec[],
  plan: StudyPlan,
  size: number,
  command: string,
): StudyManifest {
  const steps = [...plan.steps.values()].map(({ key, kind, title, needs, inputs }) => ({
    key,
    kind,
    title,
    needs,
    inputs,
  }));
  return { command, size, spec, arms, steps, lines: plan.lines };
}

export async function writeStudyManifest(study: string, manifest: StudyManifest): Promise<void> {
  const path = studyLayout.manifest(study);
  const text = `${JSON.stringify({ format: studyFormat, alidade: version, ...manifest }, null, 1)}\n`;
  await withDiskErrors(path, () => writeFileAtomically(path, text, studyLayout.scratch(study)));
}

/** What the folder holds; null where it is no study's. @throws UserError where it is damaged or of another format */
export async function readStudyManifest(study: string): Promise<StudyManifest | null> {
  const path = studyLayout.manifest(study);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return null;
  }
  const parsed = schema.safeParse(tryJson(text));
  if (parsed.success) return parsed.data as unknown as StudyManifest;
  throw new UserError({
    subject: path,
    problem: "damaged, or of another version of Alidade",
    remedy: "delete it and run the study again: finished cells stand",
  });
}

/** @throws UserError where the folder holds no study, or a damaged one */
export async function openStudyManifest(study: string): Promise<StudyManifest> {
  const manifest = await readStudyManifest(study);
  if (manifest !== null) return manifest;
  throw new UserError({
    subject: study,
    problem: "no study here",
    remedy: "name a study's folder, such as studies/regions",
  });
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
