/** The truth beside a noisy file: which examples were given another label, so that whatever finds them can be scored. Ids, not rows. */

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import type { Dataset } from "../../dataset/dataset.js";

const share = z.number().min(0).max(1);

const truthSchema = z.strictObject({
  format: z.literal(1),
  alidade: z.string(),
  dataset: z.strictObject({
    name: z.string(),
    size: z.int().positive(),
    labelNames: z.array(z.string()).min(2),
  }),
  noise: z.strictObject({
    /** How the new label was chosen. */
    how: z.enum(["uniform", "matrix", "confusion"]),
    /** The share that was asked for; null: what the matrix says. */
    rate: share.nullable(),
    rateOf: z.enum(["all", "region"]),
    /** Which examples could flip; null: all. */
    from: z.string().nullable(),
    /** How many could. */
    eligible: z.int().min(0),
    /** How many were to flip. Fewer did where no whole group or duplicate fitted the rest. */
    asked: z.int().min(0),
    seed: z.int().min(0),
    matrix: z.array(z.array(z.number())).nullable(),
  }),
  /** As it can be given to a shell; null where a program called the library. */
  command: z.string().nullable(),
  flips: z.array(z.strictObject({ id: z.string(), from: z.string(), to: z.string() })),
});

/** What `noise inject` keeps of what it did. */
export type NoiseTruth = z.infer<typeof truthSchema>;

/** Where the truth of a noisy file lies: `noisy.csv.gz` -> `noisy.truth.json`. */
export function truthPath(noisy: string): string {
  return `${noisy.replace(/(\.[^./\\]+)?(\.(gz|gzip))?$/i, "")}.truth.json`;
}

/** One flip a line. */
export async function writeTruth(path: string, truth: NoiseTruth): Promise<void> {
  const { flips, ...rest } = truth;
  const head = JSON.stringify(rest, null, 2).replace(/\n}$/, "");
  const lines = flips.map((flip) => `    ${JSON.stringify(flip)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  await writeFileAtomically(path, `${head},\n  "flips": ${list}\n}\n`);
}

/** @throws UserError where the file is missing or no truth */
export async function readTruth(path: string): Promise<NoiseTruth> {
  const remedy = "give the .truth.json that `alidade noise inject` wrote";
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? "is not JSON" : "cannot be read";
    throw new UserError({ subject: path, problem, remedy, cause });
  }
  const parsed = truthSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError({
    subject: path,
    problem: `is not the truth of injected noise (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`,
    remedy,
    cause: parsed.error,
  });
}

export interface RowTruth {
  /** 1 where the label was flipped. */
  readonly flipped: Uint8Array;
  /** Index of the label before; of unflipped examples the one they have. */
  readonly trueLabel: Int32Array;
}

/**
 * The truth by rows of a dataset that was read from the noisy file.
 *
 * @param subject of messages: the truth's file
 * @throws UserError where the two do not belong together: another size, an id that is not there, a label that is not the flipped one
 */
export function matchTruth(
  truth: NoiseTruth,
  dataset: Pick<Dataset, "name" | "size" | "ids" | "gold" | "labelNames">,
  subject: string,
): RowTruth {
  const wrong = (problem: string, value?: unknown): UserError =>
    new UserError({
      subject,
      problem: `does not match ${dataset.name}: ${problem}`,
      value,
      remedy: "give the truth that was written with that file",
    });
  if (truth.dataset.size !== dataset.size)
    throw wrong(`it has ${dataset.size} examples, the truth is of ${truth.dataset.size}`);
  const rowOf = new Map(dataset.ids.map((id, row) => [id, row]));
  const flipped = new Uint8Array(dataset.size);
  const trueLabel = dataset.gold.slice();
  for (const { id, from, to } of truth.flips) {
    const row = rowOf.get(id);
    if (row === undefined) throw wrong("an id that is not there", id);
    const has = dataset.labelNames[dataset.gold[row]!];
    if (has !== to) throw wrong(`${JSON.stringify(id)} was given ${JSON.stringify(to)} and has`, has);
    const before = dataset.labelNames.indexOf(from);
    if (before < 0) throw wrong("a label that is not there", from);
    if (flipped[row] === 1) throw wrong("an id that stands twice", id);
    flipped[row] = 1;
    trueLabel[row] = before;
  }
  return { flipped, trueLabel };
}
