/** What the hub says of a model: the commit that a revision stands for now, and that commit's files. */

import * as library from "@huggingface/hub";
import { z } from "zod";
import { UserError } from "../../../core/errors.js";
import type { HubFile } from "./choose-files.js";
import type { HubEnvironment } from "./environment.js";
import type { ModelId } from "./model-id.js";

export interface ModelListing {
  /** The commit's hash. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

interface Asked {
  readonly hubUrl: string;
  readonly fetch: typeof fetch;
  readonly revision: string;
}

/** The library's own declarations do not resolve under Node's rules (they import folders); what comes is parsed below. */
const hub = library as unknown as {
  modelInfo(params: Asked & { name: string; additionalFields: string[] }): Promise<unknown>;
  listFiles(params: Asked & { repo: { type: "model"; name: string } }): AsyncIterable<unknown>;
};

const infoSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });
const fileSchema = z.object({
  type: z.string(),
  path: z.string(),
  size: z.int().nonnegative(),
  oid: z.string().optional(),
  lfs: z.object({ oid: z.string(), size: z.int().nonnegative() }).optional(),
});

/** @param request a `fetch` that carries the token */
export async function listModel(
  { name, revision }: ModelId,
  { endpoint, token }: HubEnvironment,
  request: typeof fetch,
): Promise<ModelListing> {
  const asked = { hubUrl: endpoint, fetch: request };
  try {
    const info = await hub.modelInfo({ ...asked, name, revision, additionalFields: ["sha"] });
    const { sha: commit } = infoSchema.parse(info);
    const files: HubFile[] = [];
    for await (const entry of hub.listFiles({ ...asked, repo: { type: "model", name }, revision: commit })) {
      const { type, path, size, oid, lfs } = fileSchema.parse(entry);
      if (type !== "file" || (lfs ?? oid) === undefined) continue;
      files.push(
        lfs === undefined
          ? { path, bytes: size, hash: { kind: "git", value: oid ?? "" } }
          : { path, bytes: lfs.size, hash: { kind: "sha256", value: lfs.oid.replace(/^sha256:/, "") } },
      );
    }
    return { commit, files };
  } catch (error) {
    throw hubError(error, name, revision, endpoint, token !== null);
  }
}

/** What to do without the hub: the way that always works. */
export const offlineRemedy =
  "give --model the folder of a checkpoint: config.json, tokenizer.json and model.safetensors, fetched on a machine with a network";

/** A failure of the hub, or on the way there, as a line that says what to do. */
export function hubError(
  error: unknown,
  name: string,
  revision: string,
  endpoint: string,
  withToken: boolean,
): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof z.ZodError) {
    const problem = `${endpoint} answers as no hub of models does`;
    return new UserError({ subject: name, problem, remedy: "check HF_ENDPOINT", cause: error });
  }
  const status = statusOf(error);
  if (status === null) return isNetworkError(error) ? unreachable(name, endpoint, error) : error;
  const wrong = (problem: string, remedy: string): UserError =>
    new UserError({ subject: name, problem, remedy, cause: error });
  switch (status) {
    case 401:
      // The hub answers so for a model that does not exist, too, unless one has signed in.
      return withToken
        ? wrong("the hub does not accept the token in HF_TOKEN", "set a valid one, or none")
        : wrong(
            "there is neither such a folder nor a public model of this name on the hub",
            "check the name; for a private or gated one set HF_TOKEN",
          );
    case 403:
      return wrong(
        "the hub does not let you fetch this model",
        `ask for access on ${endpoint}/${name}, and set HF_TOKEN`,
      );
    case 404:
      return wrong(
        revision === "main"
          ? "there is neither such a folder nor a model of this name on the hub"
          : `the hub has no such model, or it has no revision ${JSON.stringify(revision)}`,
        "check the name: owner/name, as in the model's address, or owner/name@revision",
      );
    case 429:
      return wrong("the hub has had too many requests from here", "wait some minutes, or set HF_TOKEN");
    default:
      return wrong(`the hub at ${endpoint} failed with status ${status}`, "try again later");
  }
}

export function unreachable(name: string, endpoint: string, error: unknown): UserError {
  return new UserError({
    subject: name,
    problem: `no such folder, and the hub at ${endpoint} cannot be reached (${reason(error)})`,
    remedy: `check the network, or ${offlineRemedy}; HF_ENDPOINT names a mirror`,
    cause: error,
  });
}

/** `fetch` throws a TypeError whatever goes wrong on the way, and says in its cause what. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError");
}

export function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

function statusOf(error: unknown): number | null {
  const found = error instanceof Error && "statusCode" in error ? error.statusCode : null;
  return typeof found === "number" ? found : null;
}
