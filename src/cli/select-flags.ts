/** Syntax of the values that select's options take. */

import { UserError } from "../core/errors.js";
import type { MixPart } from "../select/recipe.js";

/** `0.33` or `1/3`. Whether it is in range is for whoever uses it. */
export function parseShare(given: string, name: string): number {
  const [above = "", below = "1", ...rest] = given.split("/");
  const share = Number(above) / Number(below);
  if (above.trim() !== "" && below.trim() !== "" && rest.length === 0 && Number.isFinite(share)) return share;
  throw new UserError({
    subject: name,
    problem: "not a share",
    value: given,
    remedy: "give a number above 0 to 1, or a fraction such as 1/3",
  });
}

/** `easy=0.1`, several separated by commas. */
export function parseMix(given: string, name: string): readonly MixPart[] {
  return given.split(",").map((part) => {
    const [by, share] = keyAndValue(part, name, "easy=0.1");
    return { by, share: parseShare(share, name) };
  });
}

/** `clusters=10` */
export function parseSetting(given: string, name: string): readonly [string, string] {
  return keyAndValue(given, name, "clusters=10");
}

function keyAndValue(given: string, name: string, example: string): [string, string] {
  const at = given.indexOf("=");
  const [key, value] = [given.slice(0, at).trim(), given.slice(at + 1).trim()];
  if (at > 0 && key !== "" && value !== "") return [key, value];
  throw new UserError({
    subject: name,
    problem: "not a name and a value",
    value: given,
    remedy: `write ${example}`,
  });
}
