/**
 * Must one train on everything first, and does a map belong to its model? Maps of several sources select for several models. A source is a
 * model's map by a run of its own seed, by the very run that is repeated on the selection (the same seed), or by its first epochs only; each
 * model trains on what each source selects. The gain is over a random set of the same size; a map's own cost is a part of the price.
 */

import { UserError } from "../../core/errors.js";
import { armName } from "../spec/arm-name.js";
import type { ArmSpec, MapSpec, TrainerSpec } from "../spec/spec.js";
import { armOf, third, wholeSet } from "./arms.js";
import { specOf, type BuiltInStudy } from "./built-in.js";
import { transferTables } from "./transfer-tables.js";

/** A model by the name that the report calls it by. */
export interface NamedTrainer {
  readonly name: string;
  readonly trainer: TrainerSpec;
}

export interface TransferOptions {
  /** What trains and whose maps select. Default: the study's trainer, and one of n-grams of words only. */
  readonly models?: readonly NamedTrainer[] | undefined;
  /** How many epochs the short map has; variability asks for two. Default: 2. */
  readonly firstEpochs?: number | undefined;
  /** Default: 0.33. */
  readonly fraction?: number | undefined;
  readonly by?: readonly string[] | undefined;
}

export const transfer: BuiltInStudy<TransferOptions> = {
  name: "transfer",
  summary:
    "maps of one model select for another: the gain over random, the same model against others, and its cost",
  needsTests: true,
  study(inputs, options = {}) {
    const own: NamedTrainer = { name: inputs.trainer?.name ?? "default", trainer: inputs.trainer ?? {} };
    const { firstEpochs = 2, fraction = third, by: ways = ["ambiguous", "hard"] } = options;
    const models = options.models ?? [own, wordsOnly];
    if (firstEpochs < 2 && ways.includes("ambiguous")) {
      throw new UserError({
        subject: "--first-epochs",
        problem: "ambiguous compares epochs, and the short map has",
        value: firstEpochs,
        remedy: "give 2 or more, or --by hard",
      });
    }
    const sources = models.flatMap((model) => mapSources(model, firstEpochs));
    const arms = models.flatMap(({ name: model, trainer }) => {
      const trained = (arm: ArmSpec): ArmSpec => ({ ...arm, name: `${arm.name}, ${model}`, trainer });
      return [
        trained(wholeSet),
        trained(armOf({ by: "random", fraction })),
        ...ways.flatMap((by) =>
          sources.map(({ name, map }): ArmSpec => {
            const recipe = { by, fraction };
            return trained({ name: `${armName(recipe)} by ${name}`, recipe, map });
          }),
        ),
      ];
    });
    const primary = models.flatMap(({ name: model }) =>
      ways.map((by) => ({
        arm: `${armName({ by, fraction })} by ${model}, ${model}`,
        against: `${armName({ by: "random", fraction })}, ${model}`,
      })),
    );
    return { spec: specOf("transfer", inputs, { arms, budgets: ["epochs"], primary }) };
  },
  findings: (found) => Promise.resolve(transferTables(found)),
};

/** The default trainer without its character n-grams: another model of the same kind. */
export const wordsOnly: NamedTrainer = {
  name: "words",
  trainer: { name: "ngram", options: { words: "1-1", characters: "0" } },
};

/** The maps of a model: of a seed of its own, of the seed that the cells train with, of its first epochs. */
export function mapSources(
  { name, trainer }: NamedTrainer,
  firstEpochs: number,
): { readonly name: string; readonly map: MapSpec }[] {
  const short = { ...trainer, options: { ...trainer.options, epochs: firstEpochs } };
  const epochs = `first ${firstEpochs === 1 ? "epoch" : `${firstEpochs} epochs`}`;
  return [
    { name, map: { name, trainer } },
    { name: `${name} same seed`, map: { name: `${name} same seed`, trainer, seed: "training" } },
    { name: `${name} ${epochs}`, map: { name: `${name} ${epochs}`, trainer: short } },
  ];
}
