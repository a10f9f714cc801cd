/** What every strategy keeps to, whatever it takes. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { UserError } from "../../src/core/errors.js";
import { Random } from "../../src/core/random.js";
import type { RunSource } from "../../src/select/run-source.js";
import { select } from "../../src/select/select.js";
import type { SelectionSource } from "../../src/select/source.js";
import type { Chooser, Need, Strategy } from "../../src/select/strategy.js";
import { idsOf, openSource, permuted, textRun } from "./support.js";

const size = 240;

export function conformance(strategies: readonly Strategy[]): void {
  const contents = textRun(7, size);
  let folder = "";
  let source: RunSource;
  let moved: RunSource;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "alidade-select-"));
    source = await openSource(folder, "run", contents);
    moved = await openSource(folder, "moved", permuted(contents, new Random(3).permutation(size)));
  }, 60_000);
  afterAll(() => {
    source.close();
    moved.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(strategies.map((strategy) => [strategy.name, strategy] as const))("%s", (by, strategy) => {
    it("says what it is", () => {
      expect(strategy.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(strategy.meaning).toMatch(/^[^\n]{10,}[^.\n]$/);
      expect(Number.isInteger(strategy.version)).toBe(true);
      expect(() => strategy.options.parse({})).not.toThrow();
    });

    it("says whether it builds a set", async () => {
      const { kind } = await start(source, strategy, 1);
      expect(strategy.buildsSet ?? false).toBe(kind === "picker");
    });

    it("takes exactly as many distinct candidates as are asked for", async () => {
      const exclude = contents.ids.filter((_, row) => row % 5 === 0);
      for (const count of [1, 37, 150]) {
        const { rows } = await select(source, { by, count, seed: 1, exclude });
        expect(rows).toHaveLength(count);
        expect(new Set(rows).size).toBe(count);
        expect(idsOf(source, rows).filter((id) => exclude.includes(id))).toEqual([]);
      }
    });

    it("takes all where all are asked for", async () => {
      const { rows } = await select(source, { by, fraction: 1 });
      expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, row) => row));
    });

    it("takes the same again, and the same ids in another order of the rows", async () => {
      const recipe = { by, count: 60, seed: 5 };
      const first = idsOf(source, (await select(source, recipe)).rows);
      expect(idsOf(source, (await select(source, recipe)).rows)).toEqual(first);
      expect(idsOf(moved, (await select(moved, recipe)).rows)).toEqual(first);
    });

    it("takes only what is asked for within labels and mixes", async () => {
      const { rows, notes } = await select(source, {
        by,
        count: 61,
        balance: "label",
        mix: [{ by: "random", share: 0.2 }],
      });
      expect(rows).toHaveLength(60);
      expect(new Set(rows).size).toBe(60);
      expect(notes.labels.map(({ taken }) => taken)).toEqual([20, 20, 20]);
    });

    it("asks for what it declares, and for nothing else", async () => {
      const asked = new Set<string>();
      await choose(
        spy(source, (need) => asked.add(need)),
        strategy,
      );
      expect([...asked].sort()).toEqual(strategy.needs.map(nameOf).sort());
    });

    it("passes on what a source says that lacks a need", async () => {
      for (const need of strategy.needs.map(nameOf).filter((name) => name !== "labels")) {
        const lacking = spy(source, (asked) => {
          if (asked === need) throw new UserError({ subject: "the run", problem: `has no ${need}` });
        });
        await expect(choose(lacking, strategy)).rejects.toThrow(`the run: has no ${need}`);
      }
    });

    it("as a ranking takes more where more are asked for, and with another seed other equals only", async () => {
      const chooser = await start(source, strategy, 1);
      if (chooser.kind !== "ranking") return;
      const few = await select(source, { by, count: 40, seed: 1 });
      const more = await select(source, { by, count: 90, seed: 1 });
      expect(more.rows.slice(0, 40)).toEqual(few.rows);
      if (
        strategy.needs.length === 0 ||
        strategy.needs.some((need) => need === "model" || need === "vectors")
      )
        return;
      const other = await select(source, { by, count: 90, seed: 2 });
      const scores = (rows: Int32Array): number[] => Array.from(rows, (row) => chooser.scores[row] ?? NaN);
      expect(scores(other.rows)).toEqual(scores(more.rows));
    });
  });
}

/** Starts a strategy, and has a picker pick. */
async function choose(source: SelectionSource, strategy: Strategy): Promise<void> {
  const chooser = await start(source, strategy, 1);
  if (chooser.kind === "picker") {
    await chooser.pick(
      Int32Array.from({ length: size }, (_, row) => size - 1 - row),
      30,
    );
  }
}

async function start(source: SelectionSource, strategy: Strategy, seed: number): Promise<Chooser> {
  return await strategy.start({ source, options: strategy.options.parse({}), seed, effects: quiet });
}

function nameOf(need: Need): string {
  return typeof need === "string" ? need : need.coordinate;
}

/** The same source, with everything that is asked of it told first. */
function spy(source: SelectionSource, tell: (need: string) => void): SelectionSource {
  return {
    name: source.name,
    size: source.size,
    ids: source.ids,
    get labelNames() {
      tell("labels");
      return source.labelNames;
    },
    get gold() {
      tell("labels");
      return source.gold;
    },
    regions: async () => {
      tell("regions");
      return await source.regions();
    },
    coordinate: async (name) => {
      tell(name);
      return await source.coordinate(name);
    },
    trajectories: async () => {
      tell("trajectories");
      return await source.trajectories();
    },
    vectors: async () => {
      tell("vectors");
      return await source.vectors();
    },
    fit: async (rows, seed) => {
      tell("model");
      return await source.fit(rows, seed);
    },
  };
}
