/** What `alidade agreement --json` found of one map, as far as claims are about it; and what it says for or against one. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import type { Evidence } from "./verdict.js";

/** Differences between regions of the map. */
export const agreementContrasts = [
  "easy-less-others",
  "hard-less-easy",
  "hard-less-others",
  "most-hard-below-easy",
] as const;
export type AgreementContrast = (typeof agreementContrasts)[number];

const estimate = z.object({
  value: z.number(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});

const schema = z.object({
  command: z.string(),
  run: z.object({ trainer: z.string().nullable(), seed: z.number().nullable(), protocol: z.string() }),
  votes: z.object({ from: z.string(), most: z.number() }),
  measure: z.string(),
  contrasts: z.array(
    z.object({
      name: z.enum(agreementContrasts),
      meaning: z.string(),
      sizes: z.tuple([z.number(), z.number()]),
      difference: estimate.nullable(),
      p: z.number().nullable(),
    }),
  ),
});

export type AgreementFacts = z.infer<typeof schema>;

/** @returns null where the folder holds no file of agreement. @throws UserError for a JSON file that is none */
export async function readAgreementFacts(folder: string): Promise<AgreementFacts[] | null> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).sort();
  if (names.length === 0 || names.includes("study.json")) return null;
  return await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      try {
        return schema.parse(JSON.parse(await readFile(path, "utf8")));
      } catch (cause) {
        throw new UserError({
          subject: path,
          problem: "not what `alidade agreement --json` prints",
          remedy: "write it anew, or take it out of the folder",
          cause,
        });
      }
    }),
  );
}

/** A side of fewer examples says nothing of its region. */
const fewest = 30;

/**
 * Evidence of each test, which is a number of votes and a protocol; its maps are replicates, and the least sure of them speaks. p is not yet adjusted.
 */
export function agreementEvidence(
  dataset: string,
  facts: readonly AgreementFacts[],
  wanted: readonly { readonly contrast: AgreementContrast; readonly expect: "more" | "less" }[],
  margin: number,
): Evidence[] {
  const tests = new Map<string, AgreementFacts[]>();
  for (const own of facts) {
    const test = `${own.votes.most} votes, ${own.run.protocol}`;
    tests.set(test, [...(tests.get(test) ?? []), own]);
  }
  return [...tests].flatMap(([test, maps]) =>
    wanted.map(({ contrast, expect }): Evidence => {
      const found = maps.flatMap((map) => map.contrasts.filter(({ name }) => name === contrast));
      const base = { dataset, test, unit: "points", n: maps.length, adjusted: null } as const;
      const what = found[0]?.meaning ?? contrast;
      const small = found.find(({ sizes }) => Math.min(...sizes) < fewest);
      const known = found.flatMap(({ difference, p }) =>
        difference?.interval && p !== null ? [{ value: difference.value, ...difference.interval, p }] : [],
      );
      const value = known.reduce((sum, own) => sum + own.value, 0) / known.length;
      if (small !== undefined || known.length < maps.length || known.length === 0) {
        const because =
          small === undefined
            ? "a map has no interval for it"
            : `a map has ${Math.min(...small.sizes)} examples on one side, fewer than ${fewest}`;
        return { ...base, what, value, interval: null, p: null, speaks: "not testable", because };
      }
      const interval = {
        low: Math.min(...known.map(({ low }) => low)),
        high: Math.max(...known.map(({ high }) => high)),
      };
      // Maps that point both ways: none is sure of either.
      const both = known.some((own) => own.value > 0) && known.some((own) => own.value < 0);
      return {
        ...base,
        what,
        value,
        interval,
        p: both ? 1 : Math.max(...known.map(({ p }) => p)),
        speaks: value > 0 === (expect === "more") ? "for" : "against",
        because: null,
        equivalent: interval.low > -margin && interval.high < margin,
      };
    }),
  );
}
