/** The built-in trainers, each under its own name: the registry is this module's namespace. */

export { features } from "./features/trainer.js";
