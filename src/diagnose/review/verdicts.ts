/**
 * What people said of examples: `verdicts.jsonl` in the run, one line appended for every verdict and flushed to the disk. The last line of each id and
 * reviewer counts; a line `retract` takes the reviewer's word back.
 */

import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../../core/errors.js";

const verdictSchema = z.strictObject({
  id: z.string(),
  verdict: z.enum(["keep", "relabel", "drop", "unsure", "retract"]),
  /** Of `relabel`: the label that is right. */
  label: z.string().optional(),
  note: z.string().optional(),
  reviewer: z.string().min(1),
  /** ISO 8601. */
  time: z.iso.datetime(),
});

/** `unsure`: ambiguous, more than one label could be meant. `drop`: no label fits. */
export type Verdict = z.infer<typeof verdictSchema>;

/**
 * Reads and checks a verdicts file. A last line without an end that cannot be read is what a crash left of an append: it is left out.
 *
 * @param known what ids and labels there are
 * @returns none where there is no file
 * @throws UserError naming the line of what was edited wrongly
 */
export async function readVerdicts(
  path: string,
  known: { readonly ids: ReadonlySet<string>; readonly labelNames: readonly string[] },
): Promise<Verdict[]> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return "";
    throw cause;
  });
  const verdicts: Verdict[] = [];
  const lines = text.split("\n");
  lines.forEach((line, index) => {
    if (line.trim() === "") return;
    const torn = index === lines.length - 1;
    const verdict = parseLine(line);
    if (typeof verdict === "string") {
      if (torn) return;
      throw wrong(path, index, verdict, line);
    }
    if (!known.ids.has(verdict.id)) throw wrong(path, index, "an id that is none of the run's", verdict.id);
    if (verdict.verdict === "relabel" && verdict.label === undefined)
      throw wrong(path, index, "relabels without saying to what", line);
    if (verdict.label !== undefined && !known.labelNames.includes(verdict.label))
      throw wrong(path, index, "a label that is none of the run's", verdict.label);
    verdicts.push(verdict);
  });
  return verdicts;
}

function parseLine(line: string): Verdict | string {
  try {
    const parsed = verdictSchema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return `is no verdict (${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""})`;
  } catch {
    return "is not JSON";
  }
}

function wrong(path: string, index: number, problem: string, value: unknown): UserError {
  return new UserError({
    subject: `${path}, line ${index + 1}`,
    problem,
    value,
    remedy: "mend or delete that line",
  });
}

/** Appends one line and waits until the disk has it. */
export async function appendVerdict(path: string, verdict: Verdict): Promise<void> {
  const file = await open(path, "a+");
  try {
    const { size } = await file.stat();
    // What a crash left without an end would swallow the next line.
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const begin = size > 0 && last.toString() !== "\n" ? "\n" : "";
    await file.appendFile(`${begin}${JSON.stringify(verdict)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The verdict of each reviewer and example that counts. */
export function standingVerdicts(verdicts: readonly Verdict[]): Map<string, Map<string, Verdict>> {
  const byReviewer = new Map<string, Map<string, Verdict>>();
  for (const verdict of verdicts) {
    const own = byReviewer.get(verdict.reviewer) ?? new Map<string, Verdict>();
    byReviewer.set(verdict.reviewer, own);
    if (verdict.verdict === "retract") own.delete(verdict.id);
    else own.set(verdict.id, verdict);
  }
  return byReviewer;
}
