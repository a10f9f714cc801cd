import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/study/results/analysis.js";
import { mixtureFigures } from "../../../src/study/report/mixture-figures.js";
import type { ArmSpec } from "../../../src/study/spec/spec.js";
import { elements, numberOf, textBoxes } from "../../plot/page.js";
import { madeUpStudy } from "../made-up.js";

const strategies = ["easy", "ambiguous", "hard"] as const;
const points = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0.5, 0.5, 0],
  [0.5, 0, 0.5],
  [0, 0.5, 0.5],
] as const;

function armOf(shares: readonly number[]): ArmSpec {
  const parts = strategies.flatMap((by, i) => (shares[i]! > 0 ? [{ by, share: shares[i]! }] : []));
  const [first, ...rest] = parts;
  const mix = rest.length > 0 ? { mix: rest } : {};
  return { name: shares.join(" "), recipe: { by: first!.by, fraction: 0.33, ...mix } };
}

async function analysed(shares: readonly (readonly number[])[]) {
  const arms = shares.map((own) => ({
    arm: armOf(own).name,
    by: "ambiguous",
    fraction: 0.33,
    accuracy: { ood: 0.6 + 0.2 * own[1]! },
  }));
  return analyse(madeUpStudy({ arms, noise: 0, tests: { ood: { kind: "ood", size: 4000 } } }), {
    resamples: 100,
  });
}

describe("triangles of mixtures", () => {
  it("show what was measured, between the strategies' corners", async () => {
    const [figure, ...others] = mixtureFigures(await analysed(points), points.map(armOf));
    expect(others).toEqual([]);
    expect(figure?.title).toBe("Mixtures of easy, ambiguous, hard: 33 %");
    const svg = figure!.draw("light", 520);
    const words = textBoxes(svg).map(({ text }) => text);
    expect(words).toEqual(
      expect.arrayContaining(["easy", "ambiguous", "hard", "accuracy out of distribution, %"]),
    );
    expect(svg).not.toContain("NaN");
    // The best is ringed: the ambiguous corner, at the left below.
    const rings = elements(svg, "circle[r='9']");
    expect(rings.length).toBe(2);
    const dots = elements(svg, "circle[r='5.5']").map((dot) => numberOf(dot, "cx"));
    expect(numberOf(rings[0]!, "cx")).toBe(Math.min(...dots));
  });

  it("are not drawn where a point of the lattice is lacking", async () => {
    const some = points.slice(0, 5);
    expect(mixtureFigures(await analysed(some), some.map(armOf))).toEqual([]);
    expect(mixtureFigures(await analysed(points), [{ name: "100 %", recipe: null }])).toEqual([]);
  });
});
