/** What goes on after an interruption needs: parameters, the optimizer's moments and its counts. `state.safetensors`, `state.json`. */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { TrainingState } from "../../autograd/compile.js";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { openTensors } from "../safetensors/read.js";
import { writeTensors, type Tensor } from "../safetensors/write.js";
import type { EarlyStopState } from "./early-stop.js";
import type { EncoderNetwork } from "./network.js";
import { originSchema, type Origin } from "./origin.js";

const countsSchema = z.object({
  count: z.int().nonnegative(),
  passes: z.int().nonnegative(),
  early: z.object({ best: z.number(), since: z.int().nonnegative() }),
  /** Absent: the state was saved before this was noted. */
  origin: originSchema.optional(),
});

/** Beside parameters and moments. */
export interface SavedState {
  readonly early: EarlyStopState;
  readonly origin?: Origin | undefined;
}

const tensorsName = "state.safetensors";
const countsName = "state.json";

export async function saveState(
  folder: string,
  { weights, compiled }: EncoderNetwork,
  { early, origin }: SavedState,
): Promise<void> {
  const { kept, count, passes } = compiled.state;
  await mkdir(folder, { recursive: true });
  const tensors: [string, Tensor][] = [];
  for (const [name, arrays] of Object.entries(kept)) {
    const { shape, data } = weights.get(name)!;
    tensors.push([`parameter.${name}`, { shape, data }]);
    for (const [key, array] of Object.entries(arrays))
      tensors.push([`${key}.${name}`, { shape, data: array }]);
  }
  await writeTensors(join(folder, tensorsName), tensors);
  await writeFileAtomically(
    join(folder, countsName),
    `${JSON.stringify({ count, passes, early, origin })}\n`,
  );
}

/** Fills the network's parameters and its optimizer. What does not train is as the checkpoint has it. */
export async function readState(folder: string, { weights, compiled }: EncoderNetwork): Promise<SavedState> {
  try {
    const { early, origin, ...counts } = countsSchema.parse(
      JSON.parse(await readFile(join(folder, countsName), "utf8")),
    );
    const file = await openTensors(join(folder, tensorsName));
    try {
      const kept: Record<string, Record<string, Float32Array>> = {};
      for (const [name, arrays] of Object.entries(compiled.state.kept)) {
        await file.read(`parameter.${name}`, weights.get(name)!.data);
        kept[name] = {};
        for (const key of Object.keys(arrays)) kept[name][key] = await file.read(`${key}.${name}`);
      }
      compiled.restore({ kept, ...counts } satisfies TrainingState);
      return { early, origin };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError({
      subject: folder,
      problem: "the state of the interrupted training cannot be read",
      remedy: "train anew with --overwrite",
      cause,
    });
  }
}
