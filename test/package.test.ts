/** The package as it is published: what it holds, that its entries load, and that an installation needs no other host. */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

interface Package {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Package;

it("every entry exists, with its types, and loads by the package's own name", async () => {
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string") continue;
    expect(existsSync(join(root, target.types)), target.types).toBe(true);
    const loaded = (await import(/* @vite-ignore */ join(root, target.default))) as object;
    expect(Object.keys(loaded).length, entry).toBeGreaterThan(0);
  }
});

it("the main entry exports every value of its parts", async () => {
  const whole = (await import(/* @vite-ignore */ join(root, "dist/index.js"))) as object;
  for (const [entry, target] of Object.entries(manifest.exports)) {
    // Its names are of training graphs and say little elsewhere: they stand under `autograd`.
    if (typeof target === "string" || entry === "." || entry === "./autograd") continue;
    const part = (await import(/* @vite-ignore */ join(root, target.default))) as object;
    const missing = Object.keys(part).filter((name) => !(name in whole));
    expect(missing, entry).toEqual([]);
  }
});

it("the command prints the package's version", () => {
  const bin = join(root, manifest.bin["alidade"] ?? "");
  expect(execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" })).toContain(
    manifest.version,
  );
});

it("the archive holds the program, its font and its example, and no tests, sources or compiler leftovers", () => {
  const listing = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [archive] = JSON.parse(listing) as { readonly files: readonly { readonly path: string }[] }[];
  const paths = archive?.files.map(({ path }) => path) ?? [];
  for (const path of ["LICENSE", "README.md", "dist/index.d.ts", "examples/banking77/train.csv"])
    expect(paths).toContain(path);
  expect(paths).toContain(manifest.bin["alidade"]);
  expect(paths.some((path) => path.startsWith("assets/"))).toBe(true);
  const strays = paths.filter(
    (path) => /^(src|test|bench|runs)\//.test(path) || /\.(map|tsbuildinfo)$/.test(path),
  );
  expect(strays).toEqual([]);
}, 60_000);

it("the lock file names no host, and every package but the bundled ones has a checksum", () => {
  const text = readFileSync(join(root, "package-lock.json"), "utf8");
  expect(text).not.toContain('"resolved"');
  const { packages } = JSON.parse(text) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly inBundle?: boolean }>>;
  };
  const unsure = Object.entries(packages).filter(
    ([path, { integrity, inBundle }]) => path !== "" && integrity === undefined && inBundle !== true,
  );
  expect(unsure.map(([path]) => path)).toEqual([]);
});

// onnxruntime-node's script fetches 250 MB of CUDA files, which nothing here uses: npm 10 runs every install script that the
// lock file tells of (and would need an option in .npmrc to skip it, of which npm 11 complains at every command).
it("the lock file tells of no install script: after a change of onnxruntime-node, take its hasInstallScript out", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  };
  const scripts = Object.entries(packages).filter(
    ([path, { hasInstallScript }]) => path !== "" && hasInstallScript,
  );
  expect(scripts.map(([path]) => path)).toEqual([]);
});
