/** What a transfer study found: the gain of each map over random for each model, and what it cost with the map's own training. */

import type { CellResult } from "../results/results.js";
import type { ArmSpec, TrainerSpec } from "../spec/spec.js";
import { canonical, type Plain } from "../plan/step.js";
import type { Found, FoundTable, Value } from "./findings.js";
import { pairedGain } from "./paired-gain.js";

/** Whether the map is of the model that trains. */
type Likeness = "yes" | "first epochs" | "no";

interface Row {
  readonly test: string;
  readonly budget: string;
  readonly same: Likeness;
  readonly gain: number;
  readonly cells: readonly Value[];
}

export function transferTables({ spec, results }: Pick<Found, "spec" | "results">): FoundTable[] {
  const rows = spec.tests.flatMap(({ name: test }) =>
    spec.budgets.flatMap((budget) => {
      const here = results.filter((result) => result.test === test && result.budget === budget);
      const of = (arm: ArmSpec): CellResult[] => here.filter((result) => result.arm === arm.name);
      return spec.arms.flatMap((arm): Row[] => {
        if (arm.map === undefined || arm.recipe === null) return [];
        const random = spec.arms.find((other) => isRandomFor(arm, other));
        const whole = spec.arms.find((other) => other.recipe === null && sameTrainer(arm, other));
        const gain = random === undefined ? null : pairedGain(of(arm), of(random));
        if (gain === null) return [];
        const cells = of(arm);
        const training = mean(cells.map(({ seconds }) => seconds));
        const map = mean(cells.map(({ mapSeconds }) => mapSeconds));
        const all = whole === undefined ? [] : of(whole);
        const same = likeness(arm);
        return [
          {
            test,
            budget,
            same,
            gain: gain.mean,
            cells: [
              test,
              budget,
              arm.recipe.by,
              arm.map.name ?? "",
              arm.name.slice(arm.name.lastIndexOf(", ") + 2),
              same,
              100 * gain.mean,
              gain.half === null ? null : 100 * gain.half,
              gain.replicates,
              training,
              map,
              training + map,
              all.length === 0 ? null : mean(all.map(({ seconds }) => seconds)),
            ],
          },
        ];
      });
    }),
  );
  const groups = [...new Set(rows.map(({ test, budget }) => JSON.stringify([test, budget])))];
  const summary = groups.map((group): Value[] => {
    const [test = "", budget = ""] = JSON.parse(group) as string[];
    const own = rows.filter((row) => row.test === test && row.budget === budget);
    const of = (same: Likeness): Value => {
      const gains = own.filter((row) => row.same === same).map(({ gain }) => gain);
      return gains.length === 0 ? null : 100 * mean(gains);
    };
    return [test, budget, of("yes"), of("first epochs"), of("no")];
  });
  return [
    {
      name: "transfer",
      title: "Gain in points of accuracy over a random set of the same size, and its cost",
      columns: [
        ...["test", "budget", "by", "map", "model", "same model", "gain", "±", "replicates"],
        ...["training s", "map s", "together s", "100 % s"],
      ],
      rows: rows.map(({ cells }) => cells),
      notes: [
        "± is half of the 95 % interval over replicates. Together: what a first training costs with its map; 100 %: training on everything once.",
      ],
    },
    {
      name: "transfer-diagonal",
      title: "Mean gain in points where the map is of the model that trains, and where it is not",
      columns: ["test", "budget", "same model", "its first epochs", "another model"],
      rows: summary,
      notes: ["Another model: with all its epochs or its first ones."],
    },
  ];
}

function likeness({ map, trainer = {} }: ArmSpec): Likeness {
  const source = map?.trainer ?? trainer;
  if (canonical(source as Plain) === canonical(trainer as Plain)) return "yes";
  const timeless = ({ name, options = {} }: TrainerSpec): Plain => {
    const { epochs: _epochs, ...rest } = options;
    return { name, options: rest as Plain };
  };
  return canonical(timeless(source)) === canonical(timeless(trainer)) ? "first epochs" : "no";
}

function sameTrainer(a: ArmSpec, b: ArmSpec): boolean {
  return canonical((a.trainer ?? {}) as Plain) === canonical((b.trainer ?? {}) as Plain);
}

function isRandomFor(arm: ArmSpec, other: ArmSpec): boolean {
  return (
    other.recipe?.by === "random" && other.recipe.fraction === arm.recipe?.fraction && sameTrainer(arm, other)
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
