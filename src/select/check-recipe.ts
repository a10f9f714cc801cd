/** What a recipe asks for, made whole: defaults filled in, options parsed, what contradicts itself refused. */

import { UserError } from "../core/errors.js";
import { parseOptions } from "../train/parse-options.js";
import type { MixPart, Recipe, StrategyChoice } from "./recipe.js";
import { findStrategy } from "./registry.js";

/** A recipe in which every strategy's options stand, with their defaults. */
export function checkRecipe(recipe: Recipe): Recipe {
  const { reverse, bothEnds, balance, minPerLabel, diverse, seed = 0 } = recipe;
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new UserError({
      subject: "--seed",
      problem: "not a whole number from 0 to 4294967295",
      value: seed,
    });
  }
  const { withoutSuspects } = recipe;
  if (withoutSuspects !== undefined && !(withoutSuspects >= 0 && withoutSuspects < 1)) {
    throw new UserError({
      subject: "--without-suspects",
      problem: "not a share from 0 to below 1",
      value: withoutSuspects,
    });
  }
  if (bothEnds !== undefined && !(bothEnds > 0 && bothEnds < 1)) {
    throw new UserError({
      subject: "--both-ends",
      problem: "out of range",
      value: bothEnds,
      remedy: "give the share that is taken from the beginning, a number between 0 and 1",
    });
  }
  for (const [option, value] of [
    ["--min-per-label", minPerLabel],
    ["--diverse", diverse],
  ] as const) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new UserError({ subject: option, problem: "not a whole number above 0", value });
  }
  if (balance !== undefined && minPerLabel !== undefined) throw apart("--min-per-label", "--balance");
  if (bothEnds !== undefined && diverse !== undefined) throw apart("--diverse", "--both-ends");
  const choice = checkChoice(recipe, "--by");
  const asksForOrder = reverse
    ? "--reverse"
    : bothEnds !== undefined
      ? "--both-ends"
      : diverse !== undefined
        ? "--diverse"
        : null;
  if (asksForOrder !== null && findStrategy(choice.by).buildsSet === true) {
    throw new UserError({
      subject: asksForOrder,
      problem: `goes with a ranking; ${choice.by} builds a set`,
      remedy: `leave ${asksForOrder} out, or choose another strategy`,
    });
  }
  return {
    ...recipe,
    ...choice,
    seed,
    ...(recipe.mix === undefined
      ? {}
      : {
          mix: recipe.mix.map((part): MixPart => ({ share: part.share, ...checkChoice(part, "--mix") })),
        }),
    ...(reverse ? {} : { reverse: undefined }),
  };
}

function checkChoice({ by, options }: StrategyChoice, option: string): StrategyChoice {
  const parsed = parseOptions(findStrategy(by, option), options, "strategy");
  return { by, options: parsed as Readonly<Record<string, unknown>> };
}

function apart(option: string, other: string): UserError {
  return new UserError({
    subject: option,
    problem: `cannot be combined with ${other}`,
    remedy: "give one of them",
  });
}
