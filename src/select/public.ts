/** `alidade/select`: which part of a dataset to take, and the recipe that takes it again. */

export { clusterExamples } from "./clusters.js";
export { fitModel, type FitOptions } from "./fit-model.js";
export { datasetVectors, type VectorOptions } from "./vectors.js";
export { readExcludedIds } from "./excluded-ids.js";
export { recipeRecord, type RecipeRecord, writeRecipe } from "./recipe-file.js";
export { type AllenaiResult, writeAllenaiSets, type WriteAllenaiOptions } from "./write-allenai.js";
export { type SubsetOptions, writeSubset } from "./write-subset.js";
export type { MixPart, Recipe, StrategyChoice } from "./recipe.js";
export { builtInStrategies, findStrategy } from "./registry.js";
export { runSource, type RunSource, type RunSourceOptions } from "./run-source.js";
export { select, type SelectOptions } from "./select.js";
export type { LabelCount, Notes, PartCount, Selection, Shortfall, Tie } from "./selection.js";
export type { Probabilities, SelectionSource, Trajectories, Vectors } from "./source.js";
export type { Chooser, Need, Picker, Ranking, Strategy, StrategyRequest } from "./strategy.js";
