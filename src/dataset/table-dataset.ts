/** A dataset over a source table, and subsets of it: they share the table, which goes with the first. */

import type { Dataset, Input, Roles, SourceFile, Votes } from "./dataset.js";
import type { DatasetParts } from "./dataset-parts.js";
import { extract } from "./extract.js";
import { selectRows } from "./select-rows.js";
import { writeExamplesFile } from "./write-examples.js";

export class TableDataset implements Dataset {
  constructor(
    private readonly parts: DatasetParts,
    readonly subsetOf: Dataset["subsetOf"] = null,
  ) {}

  get name(): string {
    return this.parts.source.name;
  }
  get size(): number {
    return this.parts.ids.length;
  }
  get ids(): readonly string[] {
    return this.parts.ids;
  }
  get labelNames(): readonly string[] {
    return this.parts.labelNames;
  }
  get gold(): Int32Array {
    return this.parts.gold;
  }
  get input(): Input {
    return this.parts.input;
  }
  get groups(): readonly (string | null)[] | null {
    return this.parts.groups;
  }
  get votes(): Votes | null {
    return this.parts.votes;
  }
  get roles(): Roles {
    return this.parts.roles;
  }
  get sources(): readonly SourceFile[] {
    return this.parts.source.files;
  }

  /** A column of the source at the dataset's rows, as texts. @internal Use `sourceColumn`. */
  async column(path: string, option: string): Promise<(string | null)[]> {
    const { source, rows } = this.parts;
    const { sql } = await source.column(path, option);
    const [values = []] = await extract(source, [{ sql, as: "text" }]);
    return rows === null ? values : Array.from(rows, (row) => values[row] ?? null);
  }

  /** The examples of some rows, in that order. @internal Use `subset`. */
  take(rows: Int32Array): Dataset {
    const root = this.subsetOf?.dataset ?? this;
    const rootRows = this.subsetOf === null ? rows : rows.map((row) => this.subsetOf?.rows[row] ?? 0);
    const sourceRows = this.parts.rows === null ? rows : rows.map((row) => this.parts.rows?.[row] ?? 0);
    return new TableDataset(
      { ...this.parts, ...selectRows(this.parts, rows), rows: sourceRows },
      { dataset: root, rows: rootRows },
    );
  }

  /** The same rows with other labels or groups. @internal Use `relabel` or `regroup`. */
  withColumns(changes: Partial<Pick<DatasetParts, "gold" | "labelNames" | "groups">>): Dataset {
    // As a subset of all rows its own close does nothing: the table goes with the dataset that read it.
    const rows = Int32Array.from(this.ids.keys());
    return new TableDataset({ ...this.parts, ...changes }, this.subsetOf ?? { dataset: this, rows });
  }

  async writeExamples(path: string): Promise<void> {
    await writeExamplesFile(this, this.parts.source, this.parts.rows, path);
  }

  close(): void {
    if (this.subsetOf === null) this.parts.source.close();
  }
}
