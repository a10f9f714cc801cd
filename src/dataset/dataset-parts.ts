/** What a dataset over a source table is made of. */

import type { Input, Roles, Votes } from "./dataset.js";
import type { SourceTable } from "./source-table.js";

export interface DatasetParts {
  readonly source: SourceTable;
  /** Rows of the source table; null: all, in order. */
  readonly rows: Int32Array | null;
  readonly ids: readonly string[];
  readonly labelNames: readonly string[];
  readonly gold: Int32Array;
  readonly input: Input;
  readonly groups: readonly (string | null)[] | null;
  readonly votes: Votes | null;
  readonly roles: Roles;
}
