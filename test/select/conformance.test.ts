import { builtInStrategies } from "../../src/select/registry.js";
import { conformance } from "./conformance.js";

conformance(Object.values(builtInStrategies));
