/** Claims on the agreement of people: on made-up measurements, by the rules of docs/claims.yaml; and on files as the command prints them. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AgreementFacts } from "../../../src/study/claims/agreement-facts.js";
import { readClaims } from "../../../src/study/claims/claims-file.js";
import { decideClaims } from "../../../src/study/claims/decide-claim.js";
import type { ClaimDecision } from "../../../src/study/claims/verdict.js";
import { runHere } from "../../util/run-here.js";

const docs = fileURLToPath(new URL("../../../docs", import.meta.url));
const whole = await readClaims(`${docs}/claims.yaml`);

type Name = AgreementFacts["contrasts"][number]["name"];
type Found = Readonly<Partial<Record<Name, readonly [value: number, half: number, p: number]>>>;

const facts = (
  found: Found,
  { protocol = "held-out", seed = 0, size = 100 }: { protocol?: string; seed?: number; size?: number } = {},
): AgreementFacts => ({
  command: `alidade agreement runs/${protocol}-${seed}`,
  run: { trainer: "ngram", seed, protocol },
  votes: { from: "votes", most: 5 },
  measure: "majority",
  contrasts: Object.entries(found).map(([name, [value, half, p]]) => ({
    name: name as Name,
    meaning: name,
    sizes: [size, 200],
    difference: { value, interval: { low: value - half, high: value + half } },
    p,
  })),
});

async function decided(
  id: string,
  agreement: Readonly<Record<string, AgreementFacts[]>>,
): Promise<ClaimDecision> {
  const file = { ...whole, claims: whole.claims.filter((claim) => claim.id === id) };
  const [decision] = await decideClaims(file, new Map(), { agreement: new Map(Object.entries(agreement)) });
  return decision!;
}

const easy = (value: number, half = 0.02, p = 0.001): Found => ({ "easy-less-others": [value, half, p] });

describe("easy-to-learn examples are those that people agree on", () => {
  const id = "easy-examples-agree-more";

  it("holds where every test of both datasets says so; the least sure map speaks, and p is adjusted", async () => {
    const decision = await decided(id, {
      "snli-agreement": [facts(easy(0.06)), facts(easy(0.04, 0.03, 0.004), { seed: 1 })],
      "md-agreement": [facts(easy(0.1), { protocol: "train-pass" })],
    });
    expect(decision.verdict).toBe("holds");
    const [snli, md] = decision.evidence;
    expect(snli).toMatchObject({ test: "5 votes, held-out", n: 2, p: 0.004, speaks: "for", unit: "points" });
    expect(snli!.value).toBeCloseTo(0.05, 12);
    expect(snli!.interval).toEqual({
      low: expect.closeTo(0.01) as number,
      high: expect.closeTo(0.08) as number,
    });
    expect(md).toMatchObject({ test: "5 votes, train-pass", n: 1 });
    expect(md!.adjusted).toBeCloseTo(0.002, 12);
    expect(decision.trainers).toEqual(["ngram"]);
    expect(decision.commands).toHaveLength(3);
  });

  it("fails where it is as sure of the other sign, or too small to matter on every map", async () => {
    expect((await decided(id, { "md-agreement": [facts(easy(-0.06))] })).verdict).toBe("fails");
    const none = [facts(easy(0.001, 0.005, 0.6)), facts(easy(-0.002, 0.006, 0.7), { seed: 1 })];
    const decision = await decided(id, { "md-agreement": none });
    expect(decision.verdict).toBe("fails");
    expect(decision.evidence[0]).toMatchObject({ speaks: "against", equivalent: true, p: 1 });
  });

  it("is inconclusive where one map is unsure, and untested without measurements", async () => {
    const one = [facts(easy(0.06)), facts(easy(0.02, 0.05, 0.4), { seed: 1 })];
    expect((await decided(id, { "md-agreement": one })).verdict).toBe("inconclusive");
    expect((await decided(id, {})).verdict).toBe("untested");
  });

  it("is not testable where a region has too few examples", async () => {
    const decision = await decided(id, { "md-agreement": [facts(easy(0.3), { size: 29 })] });
    expect(decision.verdict).toBe("not testable");
    expect(decision.reason).toMatch(/29 examples on one side, fewer than 30/);
  });
});

it("people agree less on most hard-to-learn examples: both the mean and the most must say so", async () => {
  const id = "hard-examples-agree-less";
  const both = (most: number, p: number): Found => ({
    "hard-less-easy": [-0.08, 0.02, 0.001],
    "most-hard-below-easy": [most, 0.02, p],
  });
  expect((await decided(id, { "md-agreement": [facts(both(0.2, 0.001))] })).verdict).toBe("holds");
  expect((await decided(id, { "md-agreement": [facts(both(-0.2, 0.001))] })).verdict).toBe("fails");
  expect((await decided(id, { "md-agreement": [facts(both(0.03, 0.3))] })).verdict).toBe("inconclusive");
});

describe("alidade study claims", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "alidade-agreement-claims-"));
    await mkdir(join(folder, "md-agreement"));
    await writeFile(join(folder, "md-agreement", "a.json"), JSON.stringify(facts(easy(0.06))));
    await mkdir(join(folder, "snli-agreement"));
    await writeFile(join(folder, "snli-agreement", "b.json"), "{}");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("reads what the command printed, and with --keep leaves other decisions as they stand", async () => {
    const line = `study claims ${docs}/claims.yaml md-agreement -o page.md`;
    const { code, stdout, stderr } = await runHere(line, folder);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/easy-examples-agree-more +holds +snli untested, md holds/);
    const kept = await runHere(`study claims ${docs}/claims.yaml -o page.md --keep`, folder);
    expect(kept.stdout).toMatch(/easy-examples-agree-more +holds/);
    const anew = await runHere(`study claims ${docs}/claims.yaml -o page.md`, folder);
    expect(anew.stdout).toMatch(/easy-examples-agree-more +untested/);
  });

  it("has one line for a file that is none, and for nothing to keep", async () => {
    const bad = await runHere(`study claims ${docs}/claims.yaml snli-agreement -o bad.md`, folder);
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toMatch(/b\.json: not what `alidade agreement --json` prints/);
    const none = await runHere(`study claims ${docs}/claims.yaml --keep -o none.md`, folder);
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(/none\.json: --keep finds no decisions/);
  });
});
