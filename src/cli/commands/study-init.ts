/** `alidade study init`: a commented study that runs as it is. */

import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../core/errors.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { exampleStudy } from "../../study/spec/example.js";
import { command } from "../command.js";
import { toggle } from "../flags.js";
import { shellWord } from "../format.js";

export const studyInitCommand = command({
  name: "study init",
  summary: "write a commented study to begin with; it runs as it is, on a bundled dataset",
  arguments: "[file]",
  flags: { overwrite: toggle("replace the file that is there") },
  examples: [["alidade study init my-study.yaml", "writes every key with its meaning"]],
  async run([path = "study.yaml"], { overwrite }, context) {
    const written = await withDiskErrors(path, () => write(path, overwrite === true));
    if (!written) {
      throw new UserError({
        subject: path,
        problem: "exists already",
        remedy: "name another file, or give --overwrite",
      });
    }
    const next = `alidade study ${shellWord(path)}`;
    context.print(
      context.json ? JSON.stringify({ file: path, next }) : `wrote ${path}; run it with: ${next}`,
    );
  },
});

async function write(path: string, overwrite: boolean): Promise<boolean> {
  try {
    await writeFile(path, exampleStudy(dirname(path)), { flag: overwrite ? "w" : "wx" });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EEXIST") return false;
    if (code === "ENOENT" || code === "EISDIR") {
      throw new UserError({
        subject: path,
        problem: code === "EISDIR" ? "is a folder" : "its folder does not exist",
        remedy: "name a file in a folder that is there",
        cause: error,
      });
    }
    throw error;
  }
}
