/** A map as plain data, before anything is computed. */

import type { Database } from "../core/duckdb.js";
import type { MapDescription } from "./map-description.js";

/** Consecutive rows of the map, as a query that gives them. */
export interface MapSlice {
  readonly rows: number;
  readonly sql: string;
}

/** The whole of a map before it is computed. */
export interface MapPlan {
  /** Gives a database the functions that the slices call. */
  readonly open: (database: Database) => void;
  /** In the order of the rows. */
  readonly slices: readonly MapSlice[];
  readonly description: MapDescription;
}
