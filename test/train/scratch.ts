/** Folders that a test writes into, and what lies in them. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll } from "vitest";

/** A folder of the test file's own, removed at its end. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `alidade-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Checksum of every file of a folder by its path, but of the manifest. */
export function contents(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === "run.json") continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path)] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
