/** Reads and writes `run.json`. What it holds is `unknown` until it has passed the schema and the rules between fields. */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { diskError } from "./disk-error.js";
import { layout, partRows } from "./layout.js";
import { formatVersion, manifestSchema } from "./manifest.js";
import type { Manifest } from "./manifest.js";

/** Paths in the run, with `/`, of an epoch's part files. */
export function partPaths(size: number, epoch: number): string[] {
  const parts = Math.ceil(size / partRows);
  return Array.from({ length: parts }, (_, part) => layout.part("", epoch, part).replaceAll("\\", "/"));
}

/** The manifest of the run in `folder`. @throws UserError where there is none, or none that this version can read. */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(layout.manifest(folder), "utf8");
  } catch (error) {
    throw await noManifest(error, folder);
  }
  return parseManifest(text, join(folder, "run.json"));
}

/** Parses and validates a manifest. @param subject how messages call it */
export function parseManifest(text: string, subject: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new UserError({
      subject,
      problem: `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: "restore it from a copy, or make the run anew",
      cause,
    });
  }
  const format = isRecord(content) ? content["format"] : undefined;
  if (typeof format === "number" && format > formatVersion) {
    throw new UserError({
      subject,
      problem: `written by a newer Alidade (format ${format}), this one reads format ${formatVersion}`,
      remedy: "update alidade",
    });
  }
  const parsed = manifestSchema.safeParse(content);
  const problem = parsed.success ? inconsistency(parsed.data) : firstIssue(parsed.error.issues);
  if (problem !== null || !parsed.success) {
    throw new UserError({
      subject,
      problem: `not a valid run: ${problem ?? ""}`,
      remedy: "restore it from a copy, or make the run anew",
    });
  }
  return parsed.data;
}

/** Replaces `run.json`: a reader sees the old one or the new one. Fields and checksums come in a fixed order. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const checksums = Object.fromEntries(
    Object.entries(manifest.checksums).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const ordered = manifestSchema.parse({ ...manifest, checksums });
  await writeFileAtomically(
    layout.manifest(folder),
    `${JSON.stringify(ordered, null, 2)}\n`,
    layout.scratch(folder),
  );
}

function inconsistency(manifest: Manifest): string | null {
  const { epochs, dataset, checksums, trainLoss } = manifest;
  if (epochs.finished > epochs.planned) {
    return `epochs.finished is ${epochs.finished} of ${epochs.planned} planned`;
  }
  if (manifest.trainer !== null && trainLoss.length !== epochs.finished) {
    return `trainLoss has ${trainLoss.length} entries for ${epochs.finished} finished epochs`;
  }
  if ((manifest.trainer === null) === (manifest.imported === null)) {
    return "exactly one of trainer and imported has to be null";
  }
  for (let epoch = 0; epoch < epochs.finished; epoch++) {
    const missing = partPaths(dataset.size, epoch).find((path) => checksums[path] === undefined);
    if (missing !== undefined) return `epoch ${epoch} is finished, but checksums lacks ${missing}`;
  }
  const outside = Object.keys(checksums).find(
    (path) => path.split(/[/\\]/).includes("..") || path.startsWith("/"),
  );
  if (outside !== undefined) return `checksums names a path outside the run, ${JSON.stringify(outside)}`;
  return null;
}

function firstIssue(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  const issue = issues[0];
  if (!issue) return "unknown problem";
  const path = issue.path.map(String).join(".");
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return `${path ? `field ${path}` : "its content"}: ${issue.message}${more}`;
}

async function noManifest(error: unknown, folder: string): Promise<unknown> {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOTDIR") return notARun(folder, "is a file, not a run's folder");
  if (code !== "ENOENT") return diskError(error, layout.manifest(folder));
  const found = await stat(folder).catch(() => null);
  if (!found) return notARun(folder, "no such folder");
  if (!found.isDirectory()) return notARun(folder, "is a file, not a run's folder");
  return notARun(folder, "not a run, it has no run.json");
}

function notARun(folder: string, problem: string): UserError {
  return new UserError({
    subject: folder,
    problem,
    remedy: "give the folder that `alidade map` or `alidade import` wrote",
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
