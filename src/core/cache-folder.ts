/** Where what can be fetched or computed again is kept. */

import { homedir } from "node:os";
import { join } from "node:path";

/** `$ALIDADE_CACHE`, or `~/.cache/alidade` where that is not set or empty. */
export function cacheFolder(variables: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = variables["ALIDADE_CACHE"]?.trim() ?? "";
  return given === "" ? join(homedir(), ".cache", "alidade") : given;
}
