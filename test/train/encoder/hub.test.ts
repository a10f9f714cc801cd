import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { quiet, type Effects } from "../../../src/core/effects.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { chooseFiles, type HubFile } from "../../../src/train/encoder/hub/choose-files.js";
import { resolveModel, type HubOptions } from "../../../src/train/encoder/hub/fetch-model.js";
import { parseModelId } from "../../../src/train/encoder/hub/model-id.js";
import { problemOf, problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { checkpointFolder } from "./fixtures.js";
import { commit, fakeHub } from "./hub-server.js";

const hub = fakeHub();
const scratch = scratchFolder("hub");
let cache = "";
let made = 0;

const id = "owner/tiny-bert";
const read = (name: string): Buffer => readFileSync(join(checkpointFolder("bert"), name));
const files = {
  "README.md": Buffer.from("# tiny"),
  "config.json": read("config.json"),
  "tokenizer.json": read("tokenizer.json"),
  "tokenizer_config.json": read("tokenizer_config.json"),
  "model.safetensors": read("model.safetensors"),
  "pytorch_model.bin": Buffer.alloc(2000, 1),
};

beforeEach(() => {
  hub.reset();
  hub.models.set(id, { files });
  cache = join(scratch, String(made++));
});

function options(more: Record<string, string> = {}, effects: Effects = quiet): HubOptions {
  return {
    effects,
    environment: { ALIDADE_CACHE: cache, HF_ENDPOINT: `${hub.endpoint}/`, ...more },
    download: { retries: 2, pause: 1, idle: 5000 },
  };
}

const resolve = (
  model = id,
  more: Record<string, string> = {},
): Promise<{ folder: string; hub: string | null }> => resolveModel(model, options(more));
const problem = (model = id, more: Record<string, string> = {}): Promise<string> =>
  problemOfAsync(() => resolve(model, more));

const fetched = (path: string): string[] => hub.requests.filter((request) => request.includes(`/${path}`));
const home = (): string => join(cache, "models", "owner--tiny-bert");

describe("a model of the hub", () => {
  it("is fetched once, with the files that are read and no others, and is a checkpoint", async () => {
    const { folder, hub: origin } = await resolve();
    expect(origin).toBe(`${id}@${commit}`);
    expect(folder).toBe(join(home(), commit));
    expect(readdirSync(folder).sort()).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name))).toEqual(read(name));
    const own = await loadCheckpoint(checkpointFolder("bert"));
    expect((await loadCheckpoint(folder)).parameters).toEqual(own.parameters);
    expect(readdirSync(home()).sort()).toEqual([commit, "revisions"]);

    hub.requests.length = 0;
    expect(await resolve()).toEqual({ folder, hub: origin });
    expect(await resolve(`${id}@${commit}`)).toEqual({ folder, hub: origin });
    expect(await resolve(id, { HF_HUB_OFFLINE: "1" })).toEqual({ folder, hub: origin });
    expect(hub.requests).toEqual([]);
    // Another revision asks, finds that it is the same commit, and fetches nothing.
    expect(await resolve(`${id}@v1`)).toEqual({ folder, hub: origin });
    expect(fetched("resolve")).toEqual([]);
  });

  it("may be a folder, which asks nobody", async () => {
    expect(await resolve(checkpointFolder("bert"))).toEqual({ folder: checkpointFolder("bert"), hub: null });
    expect(hub.requests).toEqual([]);
    expect(await problem("./nowhere")).toBe(
      "./nowhere: there is no such folder; give a checkpoint's folder, or a model of the hub as owner/name",
    );
    expect(await problem("a/b/c")).toContain("there is no such folder");
    expect(await problem("package.json")).toMatch(/^package\.json: is a file, not a checkpoint's folder; /);
  });

  it("goes on after a cut, from where it was cut", async () => {
    hub.trouble = { cut: { path: "model.safetensors", after: 10_000, times: 2 } };
    const { folder } = await resolve();
    expect(readFileSync(join(folder, "model.safetensors"))).toEqual(files["model.safetensors"]);
    expect(fetched("model.safetensors").map((request) => request.split(" ")[2] ?? "")).toEqual([
      "",
      "bytes=10000-",
      "bytes=20000-",
    ]);
  });

  it("that is cut for good says so, leaves no folder, and goes on in the next call", async () => {
    hub.trouble = { cut: { path: "model.safetensors", after: 5000, times: 3 } };
    const size = files["model.safetensors"].length;
    expect(await problem()).toMatch(
      new RegExp(
        `^${id}: model.safetensors was cut short after 15000 of ${size} bytes \\(.+\\); run the same command again`,
      ),
    );
    expect(readdirSync(home())).toEqual([`${commit}.unfinished`]);
    hub.requests.length = 0;
    const { folder } = await resolve();
    expect(fetched("resolve")).toEqual([`GET /${id}/resolve/${commit}/model.safetensors bytes=15000-`]);
    expect(readFileSync(join(folder, "model.safetensors"))).toEqual(files["model.safetensors"]);
  });

  it("starts anew where the server knows no ranges", async () => {
    hub.trouble = { cut: { path: "model.safetensors", after: 7000, times: 1 }, noRanges: true };
    const { folder } = await resolve();
    expect(readFileSync(join(folder, "model.safetensors"))).toEqual(files["model.safetensors"]);
  });

  it("counts a connection that falls silent as cut", async () => {
    hub.trouble = { silent: true };
    const impatient = { ...options(), download: { retries: 1, pause: 1, idle: 100 } };
    expect(await problemOfAsync(() => resolveModel(id, impatient))).toContain("nothing came for too long");
  });

  it.each(["model.safetensors", "tokenizer_config.json"] as const)(
    "whose %s has another hash is refused, and fetched anew the next time",
    async (path) => {
      const content = Buffer.from(files[path]);
      content[20]! ^= 1;
      hub.trouble = { forged: { path, content } };
      expect(await problem()).toMatch(
        new RegExp(`${path} is not what the hub says it is: its hash is [0-9a-f]+, not`),
      );
      expect(existsSync(join(home(), commit))).toBe(false);
      hub.trouble = {};
      const { folder } = await resolve();
      expect(readFileSync(join(folder, path))).toEqual(files[path]);
    },
  );

  it("that was changed while it lay there half is not taken", async () => {
    hub.trouble = { cut: { path: "model.safetensors", after: 5000, times: 3 } };
    await problem();
    const part = join(home(), `${commit}.unfinished`, "model.safetensors.part");
    writeFileSync(part, Buffer.alloc(15_000, 7));
    expect(await problem()).toContain("is not what the hub says it is");
    expect((await resolve()).hub).not.toBeNull();
  });

  it("that does not exist is said to be neither folder nor model", async () => {
    expect(await problem("owner/none")).toBe(
      "owner/none: there is neither such a folder nor a model of this name on the hub; " +
        "check the name: owner/name, as in the model's address, or owner/name@revision",
    );
    expect(await problem(`${id}@v9`)).toContain('it has no revision "v9"');
    hub.trouble = { status: 401 };
    expect(await problem("owner/private")).toContain("for a private or gated one set HF_TOKEN");
    expect(await problem("owner/private", { HF_TOKEN: "hf_x" })).toContain(
      "does not accept the token in HF_TOKEN",
    );
    hub.trouble = { status: 403 };
    expect(await problem("meta/gated")).toContain(`ask for access on ${hub.endpoint}/meta/gated`);
    hub.trouble = { status: 429 };
    expect(await problem()).toContain("too many requests");
    hub.trouble = { status: 503 };
    expect(await problem()).toContain("failed with status 503");
  });

  it("shows its token to the hub", async () => {
    await resolve(id, { HF_TOKEN: "any-token" });
    expect(new Set(hub.tokens)).toEqual(new Set(["Bearer any-token"]));
    hub.reset();
    hub.models.set(id, { files });
    await resolve(`${id}@v1`, { ALIDADE_CACHE: `${cache}-other` });
    expect(new Set(hub.tokens)).toEqual(new Set([null]));
  });

  it("cannot be fetched without a network, which says what to do", async () => {
    // A port on which nobody listens any more.
    const port = await new Promise<number>((done) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const { port: free } = server.address() as AddressInfo;
        server.close(() => done(free));
      });
    });
    expect(await problem(id, { HF_ENDPOINT: `http://127.0.0.1:${port}` })).toBe(
      `${id}: no such folder, and the hub at http://127.0.0.1:${port} cannot be reached (ECONNREFUSED); ` +
        "check the network, or give --model the folder of a checkpoint: config.json, tokenizer.json and model.safetensors, " +
        "fetched on a machine with a network; HF_ENDPOINT names a mirror",
    );
    expect(await problem(id, { HF_HUB_OFFLINE: "true" })).toContain("HF_HUB_OFFLINE forbids to fetch it");
    expect(hub.requests).toEqual([]);
  });

  it("is fetched once by two that ask at the same time", async () => {
    hub.trouble = { delay: 50 };
    const lines: string[] = [];
    const effects = { ...quiet, log: (line: string) => lines.push(line) };
    const both = await Promise.all([0, 1].map(() => resolveModel(id, options({}, effects))));
    expect(both[0]).toEqual(both[1]);
    expect(fetched("model.safetensors")).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("waiting for it");
  });

  it("goes on after its process was killed, whose lock is taken over", async () => {
    hub.trouble = { stall: { path: "model.safetensors", after: 9000 } };
    const module = new URL("../../../dist/train/encoder/hub/fetch-model.js", import.meta.url).href;
    const program = `import { resolveModel } from ${JSON.stringify(module)};
      const effects = { log() {}, warn() {}, progress: () => ({ update() {}, end() {} }) };
      await resolveModel(${JSON.stringify(id)}, { effects });`;
    const env = { ...process.env, ALIDADE_CACHE: cache, HF_ENDPOINT: hub.endpoint, HF_HUB_OFFLINE: "" };
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { env, stdio: "inherit" });
    const part = join(home(), `${commit}.unfinished`, "model.safetensors.part");
    await expect.poll(() => existsSync(part) && statSync(part).size, { timeout: 20_000 }).toBe(9000);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    expect(readdirSync(home())).toContain("fetching.lock");
    hub.trouble = {};
    hub.requests.length = 0;
    const { folder } = await resolve();
    expect(fetched("resolve")).toEqual([`GET /${id}/resolve/${commit}/model.safetensors bytes=9000-`]);
    expect(readFileSync(join(folder, "model.safetensors"))).toEqual(files["model.safetensors"]);
    expect(readdirSync(home()).sort()).toEqual([commit, "revisions"]);
  });

  it("stops at once when it is told to", async () => {
    hub.trouble = { silent: true };
    const controller = new AbortController();
    const fetching = resolveModel(id, { ...options(), signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stop")), 100);
    await expect(fetching).rejects.toThrow("stop");
    hub.trouble = {};
    expect((await resolve()).hub).not.toBeNull();
  });

  it("needs a cache that can be written, which is named", async () => {
    mkdirSync(scratch, { recursive: true });
    const file = join(scratch, "a-file");
    writeFileSync(file, "");
    expect(await problem(id, { ALIDADE_CACHE: file })).toContain("a part of this path is a file");
  });
});

describe("what is fetched", () => {
  const list = (...paths: string[]): HubFile[] =>
    paths.map((path, bytes) => ({ path, bytes, hash: { kind: "git", value: "" } }));
  const names = (...paths: string[]): string[] => chooseFiles(list(...paths), "m").map(({ path }) => path);

  it("are the shards and their index where there is no single file", () => {
    const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const rest = ["config.json", "tokenizer.json", "model.safetensors.index.json"];
    expect(names(...rest, ...shards, "onnx/model.onnx", "tf_model.h5")).toEqual([...rest, ...shards]);
    expect(names(...rest, ...shards, "model.safetensors")).toEqual([
      "config.json",
      "tokenizer.json",
      "model.safetensors",
    ]);
  });

  it("is refused where a part is missing that cannot be made here", () => {
    const lacking = (...paths: string[]): string => problemOf(() => names(...paths));
    expect(lacking("tokenizer.json", "model.safetensors")).toContain("m: the model has no config.json");
    expect(lacking("config.json", "vocab.txt", "model.safetensors")).toContain(
      "has no tokenizer.json; save it once",
    );
    expect(lacking("config.json", "tokenizer.json", "pytorch_model.bin")).toContain(
      "has no model.safetensors (only pytorch_model.bin)",
    );
  });
});

describe("parseModelId", () => {
  it("tells hub ids from paths", () => {
    expect(parseModelId("sentence-transformers/all-MiniLM-L6-v2")).toEqual({
      name: "sentence-transformers/all-MiniLM-L6-v2",
      revision: "main",
    });
    expect(parseModelId("bert-base-uncased@refs/pr/3")).toEqual({
      name: "bert-base-uncased",
      revision: "refs/pr/3",
    });
    for (const path of [
      "./a",
      "/a/b",
      "a/b/c",
      "../a",
      "~/a",
      "a b",
      "a/b@",
      "",
      "a/b@../x",
      "a\\b",
      "https://x/y",
    ])
      expect(parseModelId(path), path).toBeNull();
  });
});
