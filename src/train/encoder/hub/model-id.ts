/** A hub id as the user writes it: `owner/name`, or `name` for the few old ones, with `@revision` (a branch, tag or commit) where one is meant. */

export interface ModelId {
  /** `owner/name`, or `name`. */
  readonly name: string;
  /** As the user wrote it; `main` where nothing is said. */
  readonly revision: string;
}

const part = "[A-Za-z0-9][A-Za-z0-9_.-]*";
const pattern = new RegExp(`^(${part}(?:/${part})?)(?:@([A-Za-z0-9][A-Za-z0-9_./-]*))?$`);

/** @returns null where it cannot be a hub id: it is meant as a path */
export function parseModelId(text: string): ModelId | null {
  const [, name, revision = "main"] = pattern.exec(text) ?? [];
  if (name === undefined || revision.includes("..")) return null;
  return { name, revision };
}

/** The folder that a model has in the cache: one level, whatever the id. */
export function cacheName(name: string): string {
  return name.replace("/", "--");
}
