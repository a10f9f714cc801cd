/** A map as plain data, before anything is computed. */

import type { Database } from "../core/duckdb.js";
import type { MapDescription } from "./map-description.js";

/** A part of the map, as a query, and what has to stand before it can be asked. */
export interface MapPart {
  prepare(database: Database): Promise<void>;
  readonly sql: string;
}

/** The whole of a map before it is computed. */
export interface MapPlan {
  /** Gives a database the functions that the parts call. */
  readonly open: (database: Database) => void;
  readonly parts: readonly MapPart[];
  readonly description: MapDescription;
}
