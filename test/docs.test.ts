/** What the documents say holds: the README's commands and its program run as they stand, the command page is fresh, links lead somewhere. */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli, words } from "./util/run-cli.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
let copy = "";

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "alidade-docs-"));
  await cp(join(root, "examples"), join(copy, "examples"), { recursive: true });
  await mkdir(join(copy, "node_modules"));
  await symlink(root, join(copy, "node_modules", "alidade"));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

it("every indented command of the README's list works as pasted, after npm start", async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: { readonly start: string };
  };
  const start = words(scripts.start).slice(2);
  const listed = readme.match(/^ {4}npx alidade .*$/gm) ?? [];
  expect(listed.length).toBeGreaterThanOrEqual(5);
  for (const line of [start, ...listed.map((line) => words(line.trim()).slice(2))]) {
    const { code, stderr, stdout } = await runCli(line, { cwd: copy });
    expect(code, `${line.join(" ")}\n${stderr}`).toBe(0);
    expect(stdout, line.join(" ")).not.toBe("");
  }
}, 240_000);

it("the README's program runs and prints a likely label error", async () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  await writeFile(join(copy, "program.mjs"), program ?? "");
  const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: copy, encoding: "utf8" });
  expect(printed).toMatch(/^\d+ \S+ \S+/);
  expect(existsSync(join(copy, "runs/library/map.png"))).toBe(true);
}, 120_000);

it("the program of docs/autograd.md learns what no linear model can", async () => {
  const page = readFileSync(join(root, "docs/autograd.md"), "utf8");
  const [, program = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const { outputText } = ts.transpileModule(`${program}\nconsole.log(JSON.stringify([...logits]));`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  await writeFile(join(copy, "autograd.mjs"), outputText);
  const printed = execFileSync(process.execPath, ["autograd.mjs"], { cwd: copy, encoding: "utf8" });
  const [no, yes, second, other] = JSON.parse(printed.trim().split("\n").at(-1) ?? "") as number[];
  expect(yes).toBeGreaterThan(no ?? NaN);
  expect(second).toBeGreaterThan(other ?? NaN);
});

it("docs/cli.md is what the commands' tables say", () => {
  execFileSync(process.execPath, ["scripts/cli-docs.mjs", "--check"], { cwd: root, stdio: "pipe" });
});

it("docs/selection.md has every strategy of the registry", () => {
  execFileSync(process.execPath, ["scripts/selection-docs.mjs", "--check"], { cwd: root, stdio: "pipe" });
});

const pages = ["README.md", ...markdown("docs"), ...markdown("examples")];

it.each(pages)("the links of %s lead somewhere", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(link) || link.startsWith("#")) continue;
    const [path = ""] = link.split("#");
    expect(existsSync(join(root, dirname(page), path)), link).toBe(true);
  }
});

function markdown(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.startsWith("api"))
    .map((path) => join(folder, path));
}
