/** What the environment says of the hub and the cache: the variables of Hugging Face's own tools, and ALIDADE_CACHE. */

import { join } from "node:path";
import { cacheFolder } from "../../../core/cache-folder.js";

export interface HubEnvironment {
  /** Where fetched models are kept. */
  readonly cache: string;
  /** The hub, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | null;
  /** Nothing is to be fetched. */
  readonly offline: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

export function hubEnvironment(variables: Variables = process.env): HubEnvironment {
  const given = (name: string): string | null => {
    const value = variables[name]?.trim() ?? "";
    return value === "" ? null : value;
  };
  const endpoint = given("HF_ENDPOINT") ?? "https://huggingface.co";
  return {
    cache: join(cacheFolder(variables), "models"),
    endpoint: endpoint.replace(/\/+$/, ""),
    token: given("HF_TOKEN"),
    offline: /^(1|true|yes|on)$/i.test(given("HF_HUB_OFFLINE") ?? ""),
  };
}
