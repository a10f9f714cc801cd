/** A real Chromium without a window, spoken to through a pipe in its own protocol (Chrome DevTools Protocol). */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export interface Event {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface Browser {
  /** Sends a command to the one page and gives its result. */
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** What an expression is in the page, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Opens a file in a screen of that width, and waits until it is loaded. */
  open(url: string, screen: { readonly width: number; readonly scheme: "light" | "dark" }): Promise<void>;
  /** All that the page has told so far. */
  readonly events: Event[];
  close(): Promise<void>;
}

interface Answer extends Partial<Event> {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export async function openChromium(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "alidade-chromium-"));
  const options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"];
  const child = spawn("chromium", [...options, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [into, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<
    number,
    { done: (result: Record<string, unknown>) => void; fail: (error: Error) => void }
  >();
  const events: Event[] = [];
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let rest = "";
  let last = 0;
  let session: string | null = null;
  from.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop() ?? "";
    for (const message of messages) {
      const { id, result = {}, error, method, params = {} } = JSON.parse(message) as Answer;
      if (method !== undefined) events.push({ method, params });
      const own = waiting.get(id ?? -1);
      if (error) own?.fail(new Error(error.message));
      else own?.done(result);
    }
  });
  const send: Browser["send"] = (method, params = {}) =>
    new Promise((done, fail) => {
      const id = ++last;
      waiting.set(id, { done, fail });
      void ended.then(() => fail(new Error("chromium ended")));
      into.write(
        `${JSON.stringify({ id, method, params, ...(session !== null && { sessionId: session }) })}\0`,
      );
    });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  session = String((await send("Target.attachToTarget", { targetId, flatten: true }))["sessionId"]);
  for (const domain of ["Page", "Network", "Log", "Runtime"]) await send(`${domain}.enable`);
  const evaluate: Browser["evaluate"] = async (expression) => {
    const { result } = await send("Runtime.evaluate", { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  };
  return {
    send,
    evaluate,
    events,
    async open(url, { width, scheme }) {
      await send("Emulation.setDeviceMetricsOverride", {
        width,
        height: 900,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await send("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      events.length = 0;
      await send("Page.navigate", { url });
      while (!events.some(({ method }) => method === "Page.loadEventFired"))
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async close() {
      child.kill("SIGKILL");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
