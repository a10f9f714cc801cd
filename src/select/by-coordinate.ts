/** Strategies that order examples by one coordinate: all but their names and meanings is said here. */

import { z } from "zod";
import type { Strategy } from "./strategy.js";

/** The schema of a strategy that has no options of its own. */
export const noOptions = z.strictObject({});

export interface CoordinateStrategy {
  readonly name: string;
  readonly meaning: string;
  readonly source: string | null;
  /** Its name in `map.parquet`. */
  readonly coordinate: string;
  /** Which values are taken first. */
  readonly first: "highest" | "lowest";
}

/** A strategy that takes the highest, or the lowest, values of a coordinate first. Examples whose value is null cannot be taken. */
export function byCoordinate(definition: CoordinateStrategy): Strategy<z.infer<typeof noOptions>> {
  const { name, meaning, source, coordinate, first } = definition;
  const sign = first === "highest" ? 1 : -1;
  return {
    name,
    meaning,
    source,
    version: 1,
    needs: [{ coordinate }],
    options: noOptions,
    async start(request) {
      const values = await request.source.coordinate(coordinate);
      const scores = sign === 1 ? values : values.map((value) => -value);
      return { kind: "ranking", scores, of: { coordinate, sign } };
    },
  };
}
