/** Strategies by name. */

import { nearest, UserError } from "../core/errors.js";
import * as strategies from "./strategies.js";
import type { Strategy } from "./strategy.js";

/** The built-in strategies by name. */
export const builtInStrategies: Readonly<Record<string, Strategy>> = Object.fromEntries(
  Object.values<Strategy>(strategies).map((strategy) => [strategy.name, strategy]),
);

/**
 * The strategy of that name.
 *
 * @param option the option that named it, for the message
 * @throws UserError naming the nearest where there is none
 */
export function findStrategy(name: string, option = "--by"): Strategy {
  const found = Object.hasOwn(builtInStrategies, name) ? builtInStrategies[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(builtInStrategies);
  const near = nearest(name, names);
  throw new UserError({
    subject: option,
    problem: "no such strategy",
    value: name,
    remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${names.join(", ")}`,
  });
}
