/** The table of commands. Each is loaded when it is named: what one of them needs costs the others nothing. */

import { InternalError } from "../core/errors.js";
import type { Command } from "./command.js";

const studies = async (name: string): Promise<Command | undefined> => {
  const { builtInStudyCommands } = await import("./commands/study-built-in.js");
  return builtInStudyCommands.find((candidate) => candidate.name === name);
};

/** In the order of the help. */
const loaders: Readonly<Record<string, (name: string) => Promise<Command | undefined>>> = {
  map: async () => (await import("./commands/map.js")).mapCommand,
  train: async () => (await import("./commands/train.js")).trainCommand,
  show: async () => (await import("./commands/show.js")).showCommand,
  plot: async () => (await import("./commands/plot.js")).plotCommand,
  select: async () => (await import("./commands/select.js")).selectCommand,
  suspects: async () => (await import("./commands/suspects.js")).suspectsCommand,
  review: async () => (await import("./commands/review.js")).reviewCommand,
  clean: async () => (await import("./commands/clean.js")).cleanCommand,
  compare: async () => (await import("./commands/compare.js")).compareCommand,
  agreement: async () => (await import("./commands/agreement.js")).agreementCommand,
  "calibration measure": async () =>
    (await import("./commands/calibration-measure.js")).calibrationMeasureCommand,
  slices: async () => (await import("./commands/slices.js")).slicesCommand,
  duplicates: async () => (await import("./commands/duplicates.js")).duplicatesCommand,
  "calibration study": async () => (await import("./commands/calibration-study.js")).calibrationStudyCommand,
  import: async () => (await import("./commands/import.js")).importCommand,
  export: async () => (await import("./commands/export.js")).exportCommand,
  "noise inject": async () => (await import("./commands/noise-inject.js")).noiseInjectCommand,
  "noise study": async () => (await import("./commands/noise-study.js")).noiseStudyCommand,
  "study run": async () => (await import("./commands/study-run.js")).studyRunCommand,
  "study regions": studies,
  "study sweep": studies,
  "study mix": studies,
  "study stability": studies,
  "study transfer": studies,
  "study search": studies,
  "study status": async () => (await import("./commands/study-status.js")).studyStatusCommand,
  "study report": async () => (await import("./commands/study-report.js")).studyReportCommand,
  "study claims": async () => (await import("./commands/study-claims.js")).studyClaimsCommand,
  "study init": async () => (await import("./commands/study-init.js")).studyInitCommand,
};

export const commandNames: readonly string[] = Object.keys(loaders);

/** The command that is meant where a group's second word is left out: `alidade study my.yaml`. */
export const fallbacks: Readonly<Record<string, string>> = {
  study: "study run",
  calibration: "calibration measure",
};

export async function loadCommand(name: string): Promise<Command> {
  const found = Object.hasOwn(loaders, name) ? await loaders[name]?.(name) : undefined;
  if (found?.name !== name)
    throw new InternalError(`the table's command ${name} is ${found?.name ?? "none"}`);
  return found;
}

/** The name of the command that arguments mean; undefined where they name none. */
export function namedCommand([first = "", second = ""]: readonly string[]): string | undefined {
  return [`${first} ${second}`, first, fallbacks[first]].find(
    (name) => name !== undefined && commandNames.includes(name),
  );
}
