/** Where the cache lies. */

import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder } from "../../src/core/cache-folder.js";

it("is what ALIDADE_CACHE names; an empty name is none", () => {
  expect(cacheFolder({ ALIDADE_CACHE: "/somewhere" })).toBe("/somewhere");
  for (const variables of [{}, { ALIDADE_CACHE: "" }, { ALIDADE_CACHE: "  " }])
    expect(cacheFolder(variables)).toBe(join(homedir(), ".cache", "alidade"));
});
