/** What agreement needs of a run's own examples. */

import { extract } from "../../dataset/extract.js";
import type { SourceTable } from "../../dataset/source-table.js";
import type { Run } from "../../run/reader.js";
import { openRunSource } from "./vote-source.js";

/** Ids, labels (as indices, -1 where not known) and groups. */
export async function exampleRows(
  run: Run,
): Promise<{ readonly ids: string[]; readonly gold: Int32Array; readonly groups: (string | null)[] }> {
  const ids: string[] = [];
  const gold = new Int32Array(run.size).fill(-1);
  const groups: (string | null)[] = [];
  const index = new Map(run.labelNames.map((name, at) => [name, at]));
  for await (const chunk of run.examples({ source: false })) {
    chunk.labels.forEach((label, i) => {
      ids.push(chunk.ids[i]!);
      groups.push(chunk.groups[i] ?? null);
      if (label !== null) gold[chunk.first + i] = index.get(label) ?? -1;
    });
  }
  return { ids, gold, groups };
}

/** The groups, and how many characters of text each example has. */
export async function sourceColumns(
  run: Run,
  own: readonly (string | null)[],
  group: string | undefined,
): Promise<{
  readonly groups: readonly (string | null)[] | null;
  readonly by: string | null;
  readonly length: Float64Array | null;
}> {
  const { roles } = run.manifest.dataset;
  const texts = [roles["text"], roles["textPair"], roles["choices"]]
    .flat()
    .filter((name) => name !== undefined);
  const source = await openRunSource(run);
  try {
    const length = await lengthsOf(source, texts);
    if (group !== undefined) {
      const { sql } = await source.column(group, "--group");
      const [groups = []] = await extract(source, [{ sql, as: "text" }]);
      return { groups, by: group, length };
    }
    const grouped = own.some((name) => name !== null);
    const by = typeof roles["group"] === "string" ? roles["group"] : "group";
    return { groups: grouped ? own : null, by: grouped ? by : null, length };
  } finally {
    source.close();
  }
}

async function lengthsOf(source: SourceTable, columns: readonly string[]): Promise<Float64Array | null> {
  const there = columns.filter((name) => source.has(name));
  if (there.length === 0) return null;
  const parts = [];
  for (const name of there)
    parts.push(`coalesce(length((${(await source.column(name, "--text")).sql})::VARCHAR), 0)`);
  const [sums = []] = await extract(source, [{ sql: `(${parts.join(" + ")})`, as: "text" }]);
  return Float64Array.from(sums, Number);
}
