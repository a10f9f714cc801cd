import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { repository } from "../run/support.js";

/** Asks for the runtime in a process of its own; what it says. */
function ask(options: object, ...flags: readonly string[]): string {
  const program = `
    import { ortRuntime } from "./dist/train/ort-runtime.js";
    await ortRuntime(${JSON.stringify(options)}).then(() => console.log("there"), (e) => console.log(e.name + " " + e.message));
  `;
  const { stdout } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", program], {
    cwd: repository,
    encoding: "utf8",
  });
  return stdout;
}

/** Makes the package one that is not installed. */
const hooks = `export function resolve(name, context, next) {
  if (name !== "onnxruntime-node") return next(name, context);
  throw Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
}`;
const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const without = url(`import { register } from "node:module"; register(${JSON.stringify(url(hooks))});`);

it("says in one line how the runtime is installed where it is not", () => {
  expect(ask({}, "--import", without)).toBe(
    "UserError onnxruntime-node: is not installed, and transformers are trained with it; npm install onnxruntime-node\n",
  );
  expect(ask({})).toBe("there\n");
});

it("says at once, in one line, that a device is not there", () => {
  const said = ask({ device: "webgpu" });
  // A machine may have it.
  if (said === "there\n") return;
  expect(said).toBe(
    "UserError device webgpu: onnxruntime-node finds none on this machine that it can compute on; leave --device out, which computes on the cpu\n",
  );
});
