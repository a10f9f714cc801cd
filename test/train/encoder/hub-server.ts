/** A hub on 127.0.0.1 with the few endpoints that fetching a model needs, and the ways in which one fails. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

export const commit = "0123456789abcdef0123456789abcdef01234567";

export interface HubModel {
  /** Content by path. Files of more than 1,000 bytes are kept as large ones, by their SHA-256. */
  readonly files: Readonly<Record<string, Buffer>>;
}

export interface FakeHub {
  readonly endpoint: string;
  readonly models: Map<string, HubModel>;
  /** `METHOD path range` of each request since the last `reset`. */
  readonly requests: string[];
  /** Authorization headers of the same requests; null where there was none. */
  readonly tokens: (string | null)[];
  /** What goes wrong; nothing by default. */
  trouble: {
    /** The connection of this file is cut after so many bytes, so many times. */
    cut?: { path: string; after: number; times: number };
    /** The bytes that are sent in place of the file's own. */
    forged?: { path: string; content: Buffer };
    /** The connection of this file falls silent after so many bytes. */
    stall?: { path: string; after: number };
    /** Answer to everything. */
    status?: number;
    /** The server sends the whole file whatever range is asked for. */
    noRanges?: boolean;
    /** Sends nothing after the headers. */
    silent?: boolean;
    /** Milliseconds before a file is sent. */
    delay?: number;
  };
  reset(): void;
}

/** Starts before the tests of a file, and ends after them. */
export function fakeHub(): FakeHub {
  let endpoint = "";
  const hub: FakeHub = {
    get endpoint() {
      return endpoint;
    },
    models: new Map(),
    requests: [],
    tokens: [],
    trouble: {},
    reset() {
      hub.models.clear();
      hub.requests.length = 0;
      hub.tokens.length = 0;
      hub.trouble = {};
    },
  };
  const server = createServer((request, response) => answer(hub, request, response));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return hub;
}

function answer(hub: FakeHub, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? "/", "http://hub");
  const range = request.headers.range ?? "";
  hub.requests.push(`${request.method} ${pathname} ${range}`.trim());
  hub.tokens.push(request.headers.authorization ?? null);
  const fail = (status: number): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end('{"error":"no"}');
  };
  if (hub.trouble.status !== undefined) return fail(hub.trouble.status);
  const info = /^\/api\/models\/(.+)\/revision\/([^/]+)$/.exec(pathname);
  const tree = /^\/api\/models\/(.+)\/tree\/([^/]+)$/.exec(pathname);
  const file = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
  const [, name = "", revision = "", path = ""] = info ?? tree ?? file ?? [];
  const model = hub.models.get(name);
  if (model === undefined || !["main", "v1", commit].includes(decodeURIComponent(revision))) return fail(404);
  if (file !== null) return void sendFile(hub, model, path, range, response);
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify(info === null ? listing(model) : { _id: "1", id: name, sha: commit }));
}

function listing(model: HubModel): unknown[] {
  const files = Object.entries(model.files).map(([path, content]) => {
    const blob = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
    const sha256 = createHash("sha256").update(content).digest("hex");
    const lfs = content.length > 1000 ? { lfs: { oid: sha256, size: content.length, pointerSize: 130 } } : {};
    return { type: "file", path, size: content.length, oid: blob, ...lfs };
  });
  return [...files, { type: "directory", path: "onnx", size: 0, oid: "0".repeat(40) }];
}

async function sendFile(
  hub: FakeHub,
  model: HubModel,
  path: string,
  range: string,
  response: ServerResponse,
): Promise<void> {
  const { cut, forged, noRanges, silent, stall, delay } = hub.trouble;
  const content = forged?.path === path ? forged.content : model.files[path];
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (delay !== undefined) await new Promise((resolve) => setTimeout(resolve, delay));
  const asked = /^bytes=(\d+)-$/.exec(range)?.[1];
  const from = noRanges === true || asked === undefined ? 0 : Number(asked);
  const headers = {
    "Content-Length": content.length - from,
    ...(from > 0 && { "Content-Range": `bytes ${from}-${content.length - 1}/${content.length}` }),
  };
  response.writeHead(from > 0 ? 206 : 200, headers);
  if (silent === true) {
    response.flushHeaders();
    return;
  }
  if (stall?.path === path) {
    response.write(content.subarray(from, from + stall.after));
    return;
  }
  if (cut?.path === path && cut.times > 0) {
    cut.times--;
    response.write(content.subarray(from, from + cut.after), () => response.destroy());
    return;
  }
  response.end(content.subarray(from));
}
