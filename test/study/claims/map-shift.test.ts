/** Whether a stronger model's map has more easy examples: on made-up accuracies and maps, and on a transfer study that was really run. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readMap } from "../../../src/map/read-map.js";
import { transfer } from "../../../src/study/built-in/transfer.js";
import { readClaims } from "../../../src/study/claims/claims-file.js";
import { claimsPage } from "../../../src/study/claims/claims-page.js";
import { decideClaims, type DecidedStudy } from "../../../src/study/claims/decide-claim.js";
import { modelMapKeys, readModelMaps, type ModelMaps } from "../../../src/study/claims/model-maps.js";
import type { ClaimDecision } from "../../../src/study/claims/verdict.js";
import { readStudy } from "../../../src/study/folder/read-study.js";
import { runCli } from "../../util/run-cli.js";
import { inputs, planOf } from "../built-in/support.js";
import { madeUpStudy, type MadeUpStudy } from "../made-up.js";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));
const whole = await readClaims(`${docs}/claims.yaml`);
const id = "stronger-model-finds-more-easy";
const file = { ...whole, claims: whole.claims.filter((claim) => claim.id === id) };

const mapsOf = (model: string, shares: readonly number[]): ModelMaps => ({
  model,
  arm: `100 %, ${model}`,
  maps: new Map(shares.map((share, i) => [i, { share, confidence: share - 0.1 }])),
});
const few = mapsOf("words", [0.5, 0.51, 0.49, 0.5, 0.505]);
const many = mapsOf("ngram", [0.6, 0.6, 0.6, 0.61, 0.6]);

/** Two models on the whole set. */
const accuracies = (ngram: number, words: number, replicates = 5): MadeUpStudy => ({
  tests: { test: { kind: "id", size: 4000 }, far: { kind: "ood", size: 4000 } },
  arms: [
    { arm: "100 %, ngram", by: "all", accuracy: { test: ngram, far: 0.5 } },
    { arm: "100 %, words", by: "all", accuracy: { test: words, far: 0.9 } },
  ],
  replicates,
});

async function decided(
  studies: Readonly<Record<string, { study: MadeUpStudy; maps: readonly ModelMaps[] }>>,
): Promise<ClaimDecision> {
  const map = new Map(
    Object.entries(studies).map(([name, { study, maps }]): [string, DecidedStudy] => [
      name,
      { results: madeUpStudy(study), command: "", models: () => Promise.resolve(maps) },
    ]),
  );
  const [decision] = await decideClaims(file, map, { resamples: 400 });
  return decision!;
}
const one = (study: MadeUpStudy, ...maps: ModelMaps[]): Promise<ClaimDecision> =>
  decided({ "cad-transfer": { study, maps } });

describe("a stronger model's map", () => {
  it("has more easy examples: holds, with the numbers", async () => {
    const decision = await one(accuracies(0.85, 0.75), many, few);
    expect(decision.verdict).toBe("holds");
    const [share, confidence, strength] = decision.evidence;
    expect(share).toMatchObject({
      what: "easy-to-learn, ngram less words",
      test: "map",
      n: 5,
      speaks: "for",
    });
    expect(share!.value).toBeCloseTo(0.602 - 0.501, 10);
    expect(confidence).toMatchObject({ speaks: "beside", p: null, adjusted: null });
    expect(confidence!.value).toBeCloseTo(0.101, 10);
    expect(strength).toMatchObject({ test: "test", speaks: "beside" });
    expect(strength!.value).toBeGreaterThan(0.08);
    // Out of distribution the other is the better one: it does not matter.
    expect(decision.evidence).toHaveLength(3);
    expect(decision.datasets.find(({ dataset }) => dataset === "cad")?.tests).toEqual([
      { test: "map", verdict: "holds" },
    ]);
  });

  it("is that of the model with the higher accuracy, whichever comes first", async () => {
    const decision = await one(accuracies(0.75, 0.85), many, few);
    expect(decision.verdict).toBe("fails");
    expect(decision.evidence[0]).toMatchObject({
      what: "easy-to-learn, words less ngram",
      speaks: "against",
    });
    expect(decision.evidence[2]!.value).toBeGreaterThan(0.08);
    const { low, high } = decision.evidence[2]!.interval!;
    expect(low).toBeLessThan(high);
    expect((await one(accuracies(0.75, 0.85), few, many)).verdict).toBe("fails");
  });

  it("cannot be told where neither is surely the stronger", async () => {
    const decision = await one(accuracies(0.8, 0.8), many, few);
    expect(decision).toMatchObject({ verdict: "not testable", evidence: [] });
    expect(decision.reason).toContain("neither ngram nor words is surely the stronger on test");
    const single = await one(accuracies(0.85, 0.75, 1), many, few);
    expect(single.verdict).toBe("not testable");
  });

  it("cannot be told where test sets disagree", async () => {
    const study: MadeUpStudy = {
      tests: { test: { kind: "id", size: 4000 }, other: { kind: "id", size: 4000 } },
      arms: [
        { arm: "100 %, ngram", by: "all", accuracy: { test: 0.9, other: 0.7 } },
        { arm: "100 %, words", by: "all", accuracy: { test: 0.7, other: 0.9 } },
      ],
    };
    expect((await one(study, many, few)).reason).toContain("the test sets disagree");
  });

  it("stays open where shares are noise, and is refuted where they are the same within a point", async () => {
    const noisy = mapsOf("ngram", [0.4, 0.62, 0.48, 0.55, 0.51]);
    expect((await one(accuracies(0.85, 0.75), noisy, few)).verdict).toBe("inconclusive");
    const same = mapsOf("ngram", [0.501, 0.51, 0.489, 0.501, 0.504]);
    expect((await one(accuracies(0.85, 0.75), same, few)).verdict).toBe("fails");
  });

  it("needs two models", async () => {
    const study = accuracies(0.85, 0.75);
    expect((await one(study, many)).reason).toContain("the study has maps of 1 model, not of two");
    expect((await one(study, many, few, mapsOf("third", [0.5]))).reason).toContain("maps of 3 models");
    expect((await one(study, many, mapsOf("words", []))).reason).toContain("maps of 1 model");
  });

  it("is adjusted over datasets, by what decides alone", async () => {
    const study = accuracies(0.85, 0.75);
    const decision = await decided({
      "cad-transfer": { study, maps: [many, few] },
      "md-transfer": { study, maps: [many, mapsOf("words", [0.5, 0.6, 0.55, 0.52, 0.53])] },
    });
    const [first, second] = decision.evidence.filter(({ speaks }) => speaks !== "beside");
    expect(first!.adjusted).toBeCloseTo(2 * first!.p!, 12);
    expect(second!.adjusted).toBeCloseTo(Math.max(second!.p!, 2 * first!.p!), 12);
    expect(claimsPage(whole, [decision])).toContain("This rule was written later than the others");
  });
});

describe("a model's own maps", () => {
  it("are those of its options and the replicate's own seed", () => {
    const study = transfer.study({ ...inputs, seeds: 2 });
    const { lines, steps } = planOf(study);
    const keys = modelMapKeys({ spec: study.spec, arms: study.spec.arms, lines });
    expect(keys.map(({ model, arm }) => [model, arm])).toEqual([
      ["default", "100 %, default"],
      ["words", "100 %, words"],
    ]);
    const all = keys.flatMap((own) => [...own.keys.values()]);
    expect(new Set(all).size).toBe(4);
    for (const { keys: own, model } of keys)
      for (const [replicate, key] of own) {
        const step = steps.get(key);
        const line = lines.find((one) => one.map === key);
        expect(line).toMatchObject({ replicate, mapName: model });
        expect(step?.inputs["seed"]).toBe(line?.seeds.map);
        expect(step?.inputs["option epochs"]).toBe(6);
      }
  });

  let folder = "";
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "alidade-map-shift-"))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("are read from a study that was run, as the maps say", async () => {
    const data = fileURLToPath(new URL("../../../examples/cad-sentiment", import.meta.url));
    const out = join(folder, "cad-transfer");
    const args = [`${data}/new-dev.tsv`, "--text", "Text", "--label", "Sentiment"];
    const test = ["--test", `id=${data}/new-test.tsv`, "--seeds", "2", "--by", "hard", "--epochs", "3"];
    const run = await runCli(["study", "transfer", ...args, ...test, "-o", out], { cwd: folder });
    expect(run.code, run.stderr).toBe(0);
    const study = await readStudy(out);
    const models = await readModelMaps(study, "easy-to-learn");
    expect(models.map(({ maps }) => [...maps.keys()])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    for (const { keys, model } of modelMapKeys(study.manifest))
      for (const [replicate, key] of keys) {
        const map = await readMap(join(out, "maps", key));
        const own = models.find((one) => one.model === model)!.maps.get(replicate)!;
        expect(own.share).toBeCloseTo(map.regions.filter((region) => region === 0).length / map.size, 12);
        expect(own.confidence).toBeCloseTo(map.confidence.reduce((a, b) => a + b, 0) / map.size, 6);
      }
    const claims = ["study", "claims", `${docs}/claims.yaml`, out, "-o", join(folder, "claims.md"), "--json"];
    const said = await runCli([...claims, "--resamples", "200"], { cwd: folder });
    expect(said.code, said.stderr).toBe(0);
    const { decisions } = JSON.parse(said.stdout) as { decisions: ClaimDecision[] };
    const own = decisions.find((decision) => decision.id === id)!;
    expect(["holds", "fails", "inconclusive", "not testable"]).toContain(own.verdict);
    expect(own.datasets.find(({ dataset }) => dataset === "cad")?.verdict).toBe(own.verdict);
  }, 120_000);
});
