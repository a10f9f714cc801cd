/** What a review concludes: queue, shares, the dataset's rate, agreement, cleaning. */

import { describe, expect, it } from "vitest";
import { planCleaning } from "../../../src/diagnose/clean/plan-cleaning.js";
import { makeQueue } from "../../../src/diagnose/review/queue.js";
import { summariseReview } from "../../../src/diagnose/review/review-summary.js";
import type { Verdict } from "../../../src/diagnose/review/verdicts.js";

const ids = Array.from({ length: 1000 }, (_, i) => `x${i}`);
const suspects = ids.slice(0, 100);
const queue = makeQueue(ids, suspects, { by: "ensemble", blind: 0.5, seed: 3 });
const say = (id: string, verdict: Verdict["verdict"], reviewer = "ann", label?: string): Verdict => ({
  ...{ id, verdict, reviewer, time: "2026-01-01T00:00:00Z" },
  ...(label === undefined ? {} : { label }),
});

describe("the queue", () => {
  it("has the suspects in their order, others in between, each once", () => {
    const of = (from: string) => queue.items.filter((item) => item.from === from).map(({ id }) => id);
    expect(of("suspect")).toEqual(suspects);
    expect(of("random").length).toBe(50);
    expect(new Set(queue.items.map(({ id }) => id)).size).toBe(150);
    // Were they at the end, a reviewer would know them.
    const first = queue.items.slice(0, 75).filter(({ from }) => from === "random").length;
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(40);
  });
  it("does not depend on the order of the rows", () => {
    expect(makeQueue([...ids].reverse(), suspects, { by: "ensemble", blind: 0.5, seed: 3 })).toEqual(queue);
  });
});

describe("the summary", () => {
  const random = queue.items.filter(({ from }) => from === "random").map(({ id }) => id);
  const verdicts = [
    ...suspects.map((id, i) =>
      say(id, i < 60 ? "relabel" : i < 70 ? "unsure" : "keep", "ann", i < 60 ? "b" : undefined),
    ),
    ...random.map((id, i) => say(id, i < 2 ? "drop" : "keep")),
  ];
  it("counts wrong and ambiguous apart and together, with Wilson's intervals", () => {
    const { suspects: found, others } = summariseReview(queue, verdicts);
    expect([found.wrong.count, found.ambiguous.count, found.wrongOrAmbiguous.count]).toEqual([60, 10, 70]);
    expect(found.wrong.interval.low).toBeCloseTo(0.502, 3);
    expect(found.wrong.interval.high).toBeCloseTo(0.6906, 3);
    expect([others.reviewed, others.wrong.count]).toEqual([50, 2]);
  });
  it("estimates the dataset's rate when all suspects are reviewed: 60 and 4 % of the other 900", () => {
    expect(summariseReview(queue, verdicts).dataset!.rate).toBeCloseTo((60 + 900 * 0.04) / 1000, 12);
    expect(summariseReview(queue, verdicts.slice(1)).dataset).toBeNull();
    expect(summariseReview(queue, verdicts.slice(0, 100)).dataset).toBeNull();
  });
  it("takes the last word, and none after a retraction", () => {
    const said = [say("x0", "keep"), say("x0", "drop"), say("x1", "drop"), say("x1", "retract")];
    const { suspects: found } = summariseReview(queue, said);
    expect([found.reviewed, found.wrong.count]).toEqual([1, 1]);
  });
  it("kappa of two reviewers, and where they differ", () => {
    // 20 both wrong, 5 and 10 apart, 15 both right: kappa .4 (the usual example of the textbooks).
    const two = suspects.slice(0, 50).flatMap((id, i) => {
      const [a, b] = i < 20 ? [1, 1] : i < 25 ? [1, 0] : i < 35 ? [0, 1] : [0, 0];
      return [say(id, a === 1 ? "drop" : "keep"), say(id, b === 1 ? "drop" : "keep", "bob")];
    });
    const [pair] = summariseReview(queue, two).agreement;
    expect(pair!.shared).toBe(50);
    expect(pair!.kappa).toBeCloseTo(0.4, 12);
    expect(pair!.disagreements).toEqual(suspects.slice(20, 35));
    const same = [say("x0", "keep"), say("x0", "keep", "bob")];
    expect(summariseReview(queue, same).agreement[0]!.kappa).toBeNull();
  });
});

describe("cleaning", () => {
  const clean = (verdicts: Verdict[], more: Partial<Parameters<typeof planCleaning>[0]> = {}) =>
    planCleaning({ ids: ["x0", "x1", "x2"], labels: ["a", "a", "b"], verdicts, ...more });
  it("relabels and drops, keeps what is right or ambiguous, and logs why", () => {
    const { changes } = clean([say("x0", "relabel", "ann", "b"), say("x1", "unsure"), say("x2", "drop")]);
    expect(changes).toEqual([
      { id: "x0", from: "a", to: "b", why: "verdict of ann" },
      { id: "x2", from: "b", to: null, why: "verdict of ann" },
    ]);
    expect(clean([say("x1", "unsure")], { unsure: "drop" }).changes[0]!.to).toBeNull();
  });
  it("reviewers who disagree without a majority change nothing, and are told", () => {
    const two = [say("x0", "relabel", "ann", "b"), say("x0", "keep", "bob")];
    expect(clean(two)).toEqual({ changes: [], disputed: ["x0"] });
    expect(clean([...two, say("x0", "relabel", "eve", "b")]).changes[0]!.why).toBe("verdict of ann, eve");
    expect(clean(two, { reviewer: "ann" }).changes.length).toBe(1);
  });
  it("suspects are left out only where nobody judged them", () => {
    const drop = new Map([
      ["x0", 0.97],
      ["x1", 0.95],
    ]);
    const { changes } = clean([say("x0", "keep")], { drop });
    expect(changes).toEqual([{ id: "x1", from: "a", to: null, why: "suspect with probability 0.950" }]);
  });
});
