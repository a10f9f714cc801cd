/** `alidade study <file.yaml>`: runs a study, or goes on with it. */

import { join } from "node:path";
import { readStudyFile } from "../../study/spec/spec-file.js";
import { command } from "../command.js";
import { shellWord } from "../format.js";
import { runStudyCommand, studyFlags } from "../study-flags.js";

export const studyRunCommand = command({
  name: "study run",
  summary: "run a study file, or go on with it: what stands is not done again; `run` may be left out",
  arguments: "<file>",
  flags: studyFlags,
  examples: [
    ["alidade study my-study.yaml", "runs it, or goes on after a stop or a change"],
    ["alidade study my-study.yaml -o studies/x --jobs 2", "in a folder of its own, with two workers"],
    ["alidade study my-study.yaml --dry-run", "says what would be done"],
  ],
  async run([path = ""], values, context) {
    const spec = await readStudyFile(path);
    const folder = join("studies", /^[\w.-]+$/.test(spec.name) ? spec.name : "study");
    const again = `alidade study ${shellWord(path)}${values.out === undefined ? "" : ` -o ${shellWord(values.out)}`}`;
    await runStudyCommand({ spec }, values, folder, again, context);
  },
});
