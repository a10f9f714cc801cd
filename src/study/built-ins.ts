/** The built-in studies, each under its own name: the registry is this module's namespace. */

export { mix } from "./built-in/mix.js";
export { regions } from "./built-in/regions.js";
export { search } from "./built-in/search.js";
export { stability } from "./built-in/stability.js";
export { sweep } from "./built-in/sweep.js";
export { transfer } from "./built-in/transfer.js";
