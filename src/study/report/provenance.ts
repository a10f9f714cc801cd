/** What it takes to repeat a study: the command, the versions, and what its steps depend on. */

import { version } from "../../core/version.js";
import type { StoredStudy } from "../folder/read-study.js";
import type { Plain, StepInputs } from "../plan/step.js";
import type { Provenance } from "./report.js";

/** Inputs of steps that differ from arm to arm: the report's rows name them. */
const perArm = /^(map|selection|seed|recipe|budget|version|strategy .*)$/;

export function provenanceOf({ manifest, results }: Pick<StoredStudy, "manifest" | "results">): Provenance {
  const { spec, command, size, steps } = manifest;
  const hosts = [...new Set(results.map(({ host }) => host))];
  return {
    name: spec.name,
    command,
    versions: [
      ["Alidade", version],
      ["Node.js", process.version],
      ["platform", `${process.platform} ${process.arch}`],
      // Where cells were trained; a study of maps alone has none.
      ...(hosts.length === 0 ? [] : [["trained on", hosts.join(", ")] as const]),
    ],
    facts: [
      ["training examples", size.toLocaleString("en-US")],
      ["seeds", typeof spec.seeds === "number" ? `${spec.seeds}, from ${spec.seed}` : spec.seeds.join(", ")],
      ...commonInputs(steps.map(({ inputs }) => inputs)),
    ],
  };
}

/** Files' hashes, trainers and options; several values where steps differ. */
function commonInputs(all: readonly StepInputs[]): [string, string][] {
  const found = new Map<string, Set<string>>();
  for (const inputs of all)
    for (const [name, value] of Object.entries(inputs)) {
      if (perArm.test(name) || value === null || value === undefined) continue;
      const said = plainText(value);
      if (said !== "") found.set(name, (found.get(name) ?? new Set()).add(said));
    }
  return [...found].map(([name, values]) => [name, [...values].join(" or ")]);
}

function plainText(value: Plain): string {
  if (Array.isArray(value)) return value.map((one: Plain) => plainText(one)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
