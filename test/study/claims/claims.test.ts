/** Claims: the file holds, its rules decide made-up results as they are written, and the page says what was decided. */

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  parseClaims,
  parseOtherClaims,
  readClaims,
  type ClaimsFile,
} from "../../../src/study/claims/claims-file.js";
import { claimsPage } from "../../../src/study/claims/claims-page.js";
import { decideClaims, type DecidedStudy } from "../../../src/study/claims/decide-claim.js";
import {
  combine,
  testVerdict,
  type ClaimDecision,
  type Evidence,
} from "../../../src/study/claims/verdict.js";
import { madeUpStudy, thirds, type MadeUpArm, type MadeUpStudy } from "../made-up.js";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));
const file = await readClaims(`${docs}/claims.yaml`);

const studied = (study: MadeUpStudy): DecidedStudy => ({
  results: madeUpStudy(study),
  command: "alidade study regions",
});

async function decided(
  claim: string,
  studies: Readonly<Record<string, MadeUpStudy>>,
  changed: Partial<ClaimsFile> = {},
): Promise<ClaimDecision> {
  const own = { ...file, ...changed, claims: file.claims.filter(({ id }) => id === claim) };
  const map = new Map(Object.entries(studies).map(([name, study]) => [name, studied(study)]));
  const [decision] = await decideClaims(own, map, { resamples: 400 });
  if (!decision) throw new Error(`no claim ${claim}`);
  return decision;
}

const better = thirds;
const worse: MadeUpStudy = {
  ...thirds,
  arms: thirds.arms.map((arm) =>
    arm.by === "ambiguous" ? { ...arm, accuracy: { id: 0.8, ood: 0.62 } } : arm,
  ),
};
const chance: MadeUpStudy = {
  ...thirds,
  arms: thirds.arms.map((arm) => ({
    ...arm,
    accuracy: { id: 0.8, ood: arm.by === "ambiguous" ? 0.6 : 0.5 },
  })),
};

const sweep = (small: number | ((replicate: number) => number), accuracy = 0.6): MadeUpStudy => ({
  tests: { id: { kind: "id", size: 2000 } },
  arms: [
    { arm: "100 %", by: "all", accuracy: { id: 0.9 } },
    ...[0.5, 0.17, 0.05, 0.01].flatMap((fraction): MadeUpArm[] => [
      {
        arm: `random ${fraction}`,
        by: "random",
        fraction,
        accuracy: { id: 0.9 + 0.05 * Math.log10(fraction) },
      },
      {
        ...{ arm: `ambiguous ${fraction}`, by: "ambiguous", fraction },
        accuracy: { id: fraction < 0.1 ? accuracy : 0.85 },
        trainAccuracy: fraction < 0.1 ? small : 0.97,
      },
    ]),
  ],
});

describe("the claims of the paper", () => {
  it("stand in a file that can be decided", () => {
    expect(file.claims.map(({ id }) => id)).toContain("small-ambiguous-collapses");
    expect(file.claims.filter(({ test }) => test === "untested").map(({ id }) => id)).toEqual([
      "flagged-follows-quality",
      "preference-tuning-uncalibrates",
    ]);
  });

  it.each(["claims", "claims-minilm"])(
    "are on the page as the file has them, with what was decided: %s",
    async (name) => {
      const own = await readClaims(`${docs}/${name}.yaml`);
      const path = `${docs}/${name}.json`;
      const decisions = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ClaimDecision[]) : [];
      expect(readFileSync(`${docs}/${name}.md`, "utf8")).toBe(claimsPage(own, decisions));
    },
  );

  it("hold where most datasets say so and none speaks against", async () => {
    const decision = await decided("ambiguous-third-beats-all", {
      "sst2-regions": better,
      "cad-regions": better,
    });
    expect(decision).toMatchObject({ verdict: "holds", trainers: ["ngram"] });
    expect(decision.datasets.map(({ dataset, verdict }) => `${dataset} ${verdict}`)).toEqual([
      ...["sst2 holds", "cad holds", "snli untested", "md untested"],
    ]);
    const [first] = decision.evidence;
    expect(first).toMatchObject({ what: "ambiguous 33 % less 100 %", test: "ood", n: 5, speaks: "for" });
    // Holm over the two datasets.
    expect(first!.adjusted).toBeGreaterThan(first!.p!);
  });

  it("fail where results speak against them, and stay open where datasets disagree", async () => {
    expect((await decided("ambiguous-third-beats-all", { "sst2-regions": worse })).verdict).toBe("fails");
    const mixed = { "sst2-regions": worse, "cad-regions": better };
    expect((await decided("ambiguous-third-beats-all", mixed)).verdict).toBe("inconclusive");
  });

  it("cannot be tested where a side is at chance, or the study lacks an arm", async () => {
    const decision = await decided("ambiguous-third-beats-all", { "sst2-regions": chance });
    expect(decision).toMatchObject({ verdict: "not testable" });
    expect(decision.reason).toContain("one side is not above chance");
    const lacking = await decided("map-beats-active-learning", { "sst2-regions": better });
    expect(lacking.datasets[0]).toMatchObject({
      verdict: "not testable",
      reason: "the study has no arm uncertainty 33 %",
    });
  });

  it("are untested without results", async () => {
    const decision = await decided("hard-third-beats-all", {});
    expect(decision).toMatchObject({ verdict: "untested", evidence: [] });
    expect(decision.reason).toContain("no results of sst2-regions");
  });

  it("count signs as expected: easy alone is worse", async () => {
    expect((await decided("easy-third-below-random", { "sst2-regions": better })).verdict).toBe("holds");
  });

  it("follow a trend", async () => {
    const rising = await decided("id-follows-size", { "sst2-sweep": sweep(0.97) });
    expect(rising.verdict).toBe("holds");
    // Accuracy is .9 + .05 log10(share): .05 / log2(10) a doubling.
    expect(rising.evidence[0]?.value).toBeCloseTo(0.05 / Math.log2(10), 2);
  });

  it("see a collapse only where a model can show one", async () => {
    const fits = await decided("small-ambiguous-collapses", { "sst2-sweep": sweep(0.97) });
    expect(fits).toMatchObject({ verdict: "not testable" });
    expect(fits.reason).toContain("the loss of ngram is convex");
    const deep = { convex: ["features"] };
    const none = await decided("small-ambiguous-collapses", { "sst2-sweep": sweep(0.97) }, deep);
    expect(none.verdict).toBe("fails");
    const some = await decided(
      "small-ambiguous-collapses",
      { "sst2-sweep": sweep((replicate) => (replicate < 4 ? 0.5 : 0.97)) },
      deep,
    );
    expect(some).toMatchObject({ verdict: "holds" });
    expect(some.evidence[0]).toMatchObject({ value: 4, n: 5, unit: "cells", speaks: "for" });
    const few = await decided(
      "small-ambiguous-collapses",
      { "sst2-sweep": sweep((replicate) => (replicate < 2 ? 0.5 : 0.97)) },
      deep,
    );
    expect(few.verdict).toBe("inconclusive");
  });

  it("ask for a restored set only where one collapsed", async () => {
    const mix = (train: number): MadeUpStudy => ({
      tests: { id: { kind: "id", size: 2000 } },
      arms: [
        ...[0, 0.1].map((mixShare): MadeUpArm => ({
          ...{ arm: `ambiguous, ${mixShare} easy`, by: "ambiguous", fraction: 0.17 },
          ...(mixShare > 0 ? { mixBy: "easy", mixShare } : { trainAccuracy: train }),
          accuracy: { id: mixShare > 0 ? 0.8 : 0.6 },
        })),
      ],
    });
    expect((await decided("easy-tenth-restores", { "sst2-mix": mix(0.5) })).verdict).toBe("holds");
    const whole = await decided("easy-tenth-restores", { "sst2-mix": mix(0.97) });
    expect(whole).toMatchObject({ verdict: "not testable" });
    const deep = await decided("easy-tenth-restores", { "sst2-mix": mix(0.97) }, { convex: [] });
    expect(deep.reason).toContain("no small ambiguous set collapsed");
  });

  it("say on the page when a rule was changed after it was decided", async () => {
    const decision = await decided("ambiguous-third-beats-all", { "sst2-regions": better });
    expect(claimsPage(file, [decision])).toContain("**holds** on 1 of 4 datasets |");
    const changed = { ...file, alpha: 0.2 };
    expect(claimsPage(changed, [decision])).toContain(
      "**holds** on 1 of 4 datasets (the rule was changed since)",
    );
    const page = claimsPage(file, [decision]);
    for (const { id } of file.claims) expect(page).toContain(`<a id="${id}"></a>`);
    expect(page).toContain("| sst2 | ood | ambiguous 33 % less 100 % |");
  });
});

describe("verdicts", () => {
  const speaks = (...all: Evidence["speaks"][]): Evidence[] =>
    all.map((own) => ({
      ...{ dataset: "d", test: "t", what: "w", unit: "points" as const, value: 0, interval: null, n: 5 },
      ...{ p: null, adjusted: null, because: null, speaks: own },
    }));

  it("of a test set: all for it, or one against it", () => {
    expect(testVerdict(speaks("for", "for"))).toBe("holds");
    expect(testVerdict(speaks("for", "neither"))).toBe("inconclusive");
    expect(testVerdict(speaks("for", "against"))).toBe("fails");
    expect(testVerdict(speaks("against", "not testable"))).toBe("not testable");
    expect(testVerdict([])).toBe("not testable");
  });

  it("of the whole: more than half one way, none the other", () => {
    expect(combine(["holds", "holds", "inconclusive"])).toBe("holds");
    expect(combine(["holds", "inconclusive"])).toBe("inconclusive");
    expect(combine(["holds", "holds", "fails"])).toBe("inconclusive");
    expect(combine(["fails", "not testable", "untested"])).toBe("fails");
    expect(combine(["not testable", "untested"])).toBe("not testable");
    expect(combine(["untested"])).toBe("untested");
    expect(combine([])).toBe("untested");
  });
});

describe("the claims of another model", () => {
  const text = readFileSync(`${docs}/claims-minilm.yaml`, "utf8");
  const changed = (from: string | RegExp, to: string): string => {
    const other = text.replace(from, to);
    expect(other).not.toBe(text);
    return other;
  };

  it("are the first file's, by its rules", async () => {
    const own = await readClaims(`${docs}/claims-minilm.yaml`);
    expect(own).toMatchObject({
      rules: "claims.yaml",
      trainer: "command",
      folder: "minilm-{dataset}-{study}",
    });
    const rules = ({ alpha, margin, convex, claims }: ClaimsFile): unknown => ({
      ...{ alpha, margin, convex },
      claims: claims.map(({ datasets: _, ...rule }) => rule),
    });
    expect(rules(own)).toEqual(rules(file));
  });

  it("are about the datasets that it has, by its studies' names", async () => {
    const own = parseOtherClaims(changed(/ {2}md:[\s\S]*/, ""), "m.yaml", file);
    expect(own.claims.flatMap(({ datasets }) => datasets)).not.toContain("md");
    const claims = own.claims.filter(({ id }) => id === "ambiguous-third-beats-all");
    const studies = new Map([["minilm-sst2-regions", studied(better)]]);
    const [decision] = await decideClaims({ ...own, claims }, studies, { resamples: 400 });
    expect(decision?.datasets.map(({ dataset, verdict }) => `${dataset} ${verdict}`)).toEqual([
      ...["sst2 holds", "cad untested", "snli untested"],
    ]);
  });

  it.each([
    ["a rule of its own", () => changed("version: 1", "version: 1\nalpha: 0.1"), /^m\.yaml:\d+: .*alpha/],
    ["a claim of its own", () => `${text}claims: []\n`, /^m\.yaml:\d+: .*claims/],
    [
      "a dataset that no claim is about",
      () => changed("  cad:", "  cat:"),
      /^m\.yaml:\d+: no claim .*"cat"; there are sst2/,
    ],
    ["no trainer", () => changed(/trainer:.*\n/, ""), /trainer: /],
  ])("are refused in one line: %s", (_, make, message) => {
    expect(() => parseOtherClaims(make(), "m.yaml", file)).toThrow(message);
  });

  it("are refused where their rules are not there", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "alidade-claims-")), "m.yaml");
    await writeFile(path, text);
    await expect(readClaims(path)).rejects.toThrow(/claims\.yaml: cannot be read/);
    await rm(dirname(path), { recursive: true });
  });
});

describe("a claims file", () => {
  const text = readFileSync(`${docs}/claims.yaml`, "utf8");
  const changed = (from: string | RegExp, to: string): string => {
    const other = text.replace(from, to);
    expect(other).not.toBe(text);
    return other;
  };

  it.each([
    ["no YAML", () => "claims: [", /^c\.yaml:\d+: no YAML/],
    ["an unknown key", () => changed("alpha:", "alhpa:"), /^c\.yaml:\d+: .*alpha|alhpa/],
    ["a word where a number is due", () => changed("alpha: 0.05", "alpha: small"), /^c\.yaml:\d+: alpha: /],
    ["a share above 1", () => changed("fraction: 0.33", "fraction: 33"), /fraction: .*1/],
    ["another version", () => changed("version: 1", "version: 2"), /version: /],
    [
      "an unknown dataset",
      () => changed("[sst2, cad", "[sst3, cad"),
      /no such dataset, "sst3"; there are sst2/,
    ],
    [
      "two claims of one id",
      () => changed("id: hard-third-beats-all", "id: ambiguous-third-beats-all"),
      /two claims of one id/,
    ],
    ["an unknown test", () => changed("test: trend", "test: trent"), /test: /],
    ["a test without its parts", () => changed("test: trend", "test: collapse"), /its test wants `collapse`/],
    [
      "untested without a reason",
      () => changed(/reason: decided with the other claims.*\n/, ""),
      /untested without a reason/,
    ],
    [
      "a region that there is none of",
      () => changed("region: easy-to-learn", "region: simple"),
      /map-shift.region: .*easy-to-learn/,
    ],
    [
      "a test of maps without its part",
      () => changed(/ {4}map-shift: \{.*\n/, ""),
      /its test wants `map-shift`/,
    ],
    ["an id with blanks", () => changed("id: id-follows-size", "id: id follows"), /ids are lower-case words/],
  ])("is refused in one line: %s", (_, make, message) => {
    let said = "";
    try {
      parseClaims(make(), "c.yaml");
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
    expect(said).not.toContain("\n");
  });

  it("names the line", () => {
    const line = text.split("\n").findIndex((one) => one.startsWith("alpha:")) + 1;
    expect(() => parseClaims(changed("alpha: 0.05", "alpha: small"), "c.yaml")).toThrow(
      `c.yaml:${line}: alpha`,
    );
  });

  it("is refused where it is not there", async () =>
    expect(readClaims("nowhere.yaml")).rejects.toThrow("nowhere.yaml: cannot be read"));
});
