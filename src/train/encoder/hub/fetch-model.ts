/** A model of the Hugging Face hub as a folder on this machine: fetched once, whole or not at all. */

import { InternalError } from "../../../core/errors.js";
import type { Effects } from "../../../core/effects.js";

export interface HubOptions {
  readonly effects: Effects;
  readonly signal?: AbortSignal | undefined;
  /** For tests. Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** Where ALIDADE_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are looked up. Default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What a model's name stands for. */
export interface ModelFolder {
  readonly folder: string;
  /** `owner/name@commit` where it was fetched; null for a folder that was named. */
  readonly hub: string | null;
}

/**
 * A folder as it is; a hub id, `owner/name` or `owner/name@revision`, fetched into the cache where it is not there yet.
 *
 * @throws UserError where there is neither, no network, or what came is not what the hub says
 */
export async function resolveModel(model: string, options: HubOptions): Promise<ModelFolder> {
  throw new InternalError(`not there yet: ${model} ${options.effects.log.name}`);
}
