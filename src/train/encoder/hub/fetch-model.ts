/**
 * A model of the Hugging Face hub as a folder on this machine: fetched once, whole or not at all.
 *
 *   <cache>/<owner>--<name>/<commit>/             the files, complete
 *   <cache>/<owner>--<name>/<commit>.unfinished/  what has come so far
 *   <cache>/<owner>--<name>/revisions/<revision>  the commit that a branch or tag stood for when it was fetched
 *
 * A model that is there is used without asking the hub, so that a study's runs all start from the same weights; another revision is another name,
 * and whoever wants a branch's newest state removes the model's folder.
 */

import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Effects } from "../../../core/effects.js";
import { UserError } from "../../../core/errors.js";
import { syncPath, writeFileAtomically } from "../../../core/files.js";
import { withDiskErrors } from "../../../run/disk-error.js";
import { acquireLock, type Lock } from "../../../run/lock.js";
import { chooseFiles, type HubFile } from "./choose-files.js";
import { downloadFile, type DownloadOptions } from "./download.js";
import { hubEnvironment, type HubEnvironment } from "./environment.js";
import { listModel, offlineRemedy, type ModelListing } from "./hub-client.js";
import { cacheName, parseModelId, type ModelId } from "./model-id.js";

export interface HubOptions {
  readonly effects: Effects;
  readonly signal?: AbortSignal | undefined;
  /** For tests. Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** Where ALIDADE_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE are looked up. Default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** How patient a download is. */
  readonly download?: Pick<DownloadOptions, "retries" | "pause" | "idle"> | undefined;
}

/** What a model's name stands for. */
export interface ModelFolder {
  readonly folder: string;
  /** `owner/name@commit` where it came from the hub; null for a folder that was named. */
  readonly hub: string | null;
}

/**
 * A folder as it is; a hub id, `owner/name` or `owner/name@revision`, fetched into the cache where it is not there yet.
 *
 * @throws UserError where there is neither, no network, or what came is not what the hub says
 */
export async function resolveModel(model: string, options: HubOptions): Promise<ModelFolder> {
  const stats = await stat(model).catch(() => null);
  if (stats?.isDirectory() === true) return { folder: model, hub: null };
  if (stats !== null) {
    throw new UserError({
      subject: model,
      problem: "is a file, not a checkpoint's folder",
      remedy: "give the folder that holds config.json, tokenizer.json and model.safetensors",
    });
  }
  const id = parseModelId(model);
  if (id === null) {
    throw new UserError({
      subject: model,
      problem: "there is no such folder",
      remedy: "give a checkpoint's folder, or a model of the hub as owner/name",
    });
  }
  const environment = hubEnvironment(options.environment);
  const home = join(environment.cache, cacheName(id.name));
  const cached = await findCached(home, id);
  if (cached !== null) return cached;
  if (environment.offline) {
    throw new UserError({
      subject: model,
      problem: `no such folder, the model is not in the cache ${environment.cache}, and HF_HUB_OFFLINE forbids to fetch it`,
      remedy: `unset HF_HUB_OFFLINE, or ${offlineRemedy}`,
    });
  }
  return await withDiskErrors(environment.cache, async () => {
    await mkdir(home, { recursive: true });
    const lock = await waitForLock(join(home, "fetching.lock"), model, options);
    try {
      // Another process may have fetched it meanwhile.
      return (await findCached(home, id)) ?? (await fetchModel(home, id, environment, options));
    } finally {
      await lock.release();
    }
  });
}

async function fetchModel(
  home: string,
  id: ModelId,
  environment: HubEnvironment,
  options: HubOptions,
): Promise<ModelFolder> {
  const request = authorised(options.fetch ?? fetch, environment, options.signal);
  const listing = await listModel(id, environment, request);
  const complete = join(home, listing.commit);
  if (!(await isFolder(complete))) {
    const unfinished = `${complete}.unfinished`;
    await mkdir(unfinished, { recursive: true });
    await fetchFiles(unfinished, id, listing, environment, { ...options, fetch: request });
    await syncPath(unfinished);
    await rename(unfinished, complete);
    await syncPath(home);
  }
  await mkdir(join(home, "revisions"), { recursive: true });
  await writeFileAtomically(revisionFile(home, id), listing.commit);
  return { folder: complete, hub: `${id.name}@${listing.commit}` };
}

async function fetchFiles(
  folder: string,
  { name }: ModelId,
  { commit, files }: ModelListing,
  { endpoint }: HubEnvironment,
  options: HubOptions & { readonly fetch: typeof fetch },
): Promise<void> {
  const chosen: readonly HubFile[] = chooseFiles(files, name);
  const total = chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  const kilobytes = (bytes: number): number => Math.ceil(bytes / 1000);
  const { effects, fetch: request, signal, download } = options;
  const task = effects.progress(`fetching ${name}`, kilobytes(total), "kB");
  let before = 0;
  try {
    for (const file of chosen) {
      await downloadFile(
        `${endpoint}/${name}/resolve/${commit}/${file.path}`,
        join(folder, file.path),
        file,
        {
          ...download,
          subject: name,
          fetch: request,
          signal,
          onBytes: (bytes) => task.update(kilobytes(before + bytes), file.path),
        },
      );
      before += file.bytes;
      task.update(kilobytes(before), file.path);
    }
  } catch (error) {
    task.end(true);
    throw error;
  }
  task.end();
}

/** A model that was fetched before, under this revision or as this very commit. */
async function findCached(home: string, id: ModelId): Promise<ModelFolder | null> {
  const named = await readFile(revisionFile(home, id), "utf8").catch(() => id.revision);
  const commit = named.trim();
  if (!/^[0-9a-f]{40}$/.test(commit)) return null;
  const folder = join(home, commit);
  return (await isFolder(folder)) ? { folder, hub: `${id.name}@${commit}` } : null;
}

function revisionFile(home: string, { revision }: ModelId): string {
  return join(home, "revisions", encodeURIComponent(revision));
}

/** The token goes to the hub alone; a redirection to another server drops it by itself. */
function authorised(
  request: typeof fetch,
  { token }: HubEnvironment,
  signal: AbortSignal | undefined,
): typeof fetch {
  return (url, init) => {
    const headers = new Headers(init?.headers);
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    return request(url, { ...init, headers, signal: init?.signal ?? signal ?? null });
  };
}

async function waitForLock(path: string, subject: string, { effects, signal }: HubOptions): Promise<Lock> {
  for (let waiting = false; ; waiting = true) {
    try {
      return await acquireLock(path, { subject });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!waiting) effects.log(`${subject}: ${error.parts.problem}; waiting for it (its lock is ${path})`);
      await pause(200, undefined, { signal });
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
