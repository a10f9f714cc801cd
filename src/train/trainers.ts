/** The built-in trainers, each under its own name: the registry is this module's namespace. */

export { ngram } from "./ngram/trainer.js";
export { command } from "./command/trainer.js";
export { features } from "./features/trainer.js";
export { encoder } from "./encoder/trainer.js";
