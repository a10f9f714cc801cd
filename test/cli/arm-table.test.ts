/** A study's arms on a terminal: which are shown where not all fit, and in which width. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armTable } from "../../src/cli/arm-table.js";
import { cells } from "../../src/cli/format.js";
import { summaryLine } from "../../src/cli/study-display.js";
import { armProgress, cellProgress, type ArmProgress } from "../../src/study/plan/progress.js";
import type { PlanLine } from "../../src/study/plan/plan.js";

const arm = (name: string, more: Partial<ArmProgress> = {}): ArmProgress => ({
  ...{ arm: name, budget: "epochs", done: 0, failed: 0, running: 0, total: 5 },
  ...more,
});

describe("armTable", () => {
  const arms = [
    ...Array.from({ length: 10 }, (_, i) => arm(`finished ${i}`, { done: 5 })),
    ...Array.from({ length: 10 }, (_, i) => arm(`later ${i}`)),
    arm("running", { running: 1 }),
  ];

  it("shows what runs and what is to come where not all fits, in the study's order, and counts the rest", () => {
    const lines = armTable(arms, 80, 8);
    expect(lines).toHaveLength(8);
    expect(lines.slice(1, -1).map((line) => line.trim().split(/ {2,}/)[0])).toEqual([
      ...["later 0", "later 1", "later 2", "later 3", "later 4", "running"],
    ]);
    expect(lines.at(-1)).toBe("  and 15 more arms, 10 of them finished");
    expect(armTable(arms, 80).length).toBe(arms.length + 1);
  });

  it("has columns for what there is, and bars where there is room", () => {
    expect(armTable([arm("a", { done: 2 })], 80)).toEqual(["  arm    done", "  a    2 of 5"]);
    const [head = "", row = ""] = armTable([arm("a", { done: 5, failed: 1 })], 120);
    expect(head).toContain("failed");
    expect(head).not.toContain("running");
    expect(row).toContain("█".repeat(20));
  });

  it("keeps to its lines and width", () => {
    const some = fc.record({ name: fc.string({ maxLength: 90 }), done: fc.nat(5), running: fc.nat(1) });
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 3, max: 30 }),
        (given, most) => {
          const lines = armTable(
            given.map(({ name, ...rest }) => arm(name, rest)),
            80,
            most,
          );
          expect(lines.length).toBeLessThanOrEqual(Math.max(3, most));
          for (const line of lines) expect(cells(line)).toBeLessThan(80);
        },
      ),
    );
  });
});

describe("progress", () => {
  const line = (name: string, budget: "epochs" | "steps", cell: string | null): PlanLine => ({
    ...{ arm: name, replicate: 0, budget, seeds: { map: 0, selection: 0, training: 0 } },
    ...{ mapName: null, map: "m", selection: "s", cell },
  });
  const states = {
    stands: (key: string) => key === "whole",
    failed: (key: string) => key === "part",
    running: () => false,
  };

  it("counts a cell that both budgets share once", () => {
    const lines = [
      line("100 %", "epochs", "whole"),
      line("100 %", "steps", "whole"),
      line("x", "epochs", "part"),
    ];
    expect(cellProgress(lines, states)).toEqual({ cells: { done: 1, failed: 1, total: 2 }, trains: true });
    expect(armProgress(lines, states).map(({ done }) => done)).toEqual([1, 1, 0]);
  });

  it("of a study without cells is that of its selections", () => {
    const { cells: counted, trains } = cellProgress([line("x", "epochs", null)], states);
    expect([counted, trains]).toEqual([{ done: 0, failed: 0, total: 1 }, false]);
    const rest = { arms: [], steps: { done: 1, failed: 0, total: 2 }, running: [], elapsed: 4, left: null };
    expect(summaryLine({ ...rest, cells: counted, trains, finishedNow: 0 })).toBe(
      "selections 0 of 1; steps 1 of 2",
    );
  });
});
