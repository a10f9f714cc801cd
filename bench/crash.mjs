// Does `kill -9` cost anything but the epoch in flight? Kills `alidade map` and `alidade import` at random moments,
// goes on as the error lines say, and compares every byte with an undisturbed run (of run.json all but the times).
//
//   npm run build && node bench/crash.mjs [--kills 50] [--rows 20000] [--epochs 6] [--only map|import] [--seed 1]
//
// After every kill: all that run.json names has the bytes that its checksum says, and no finished epoch has gone.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../dist/core/random.js";

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "50" },
    rows: { type: "string", default: "20000" },
    epochs: { type: "string", default: "6" },
    only: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const kills = Number(flags.kills);
const rows = Number(flags.rows);
const epochs = Number(flags.epochs);
const random = new Random(Number(flags.seed));
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "alidade-crash-"));

/** Runs the command line, killed after some milliseconds. @returns {Promise<{killed: boolean, seconds: number}>} */
async function alidade(args, killAfter = null) {
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => (said += text));
  const timer = killAfter === null ? null : setTimeout(() => child.kill("SIGKILL"), killAfter);
  const [code] = await once(child, "close");
  if (timer) clearTimeout(timer);
  if (code !== 0 && code !== null) throw new Error(`alidade ${args.join(" ")} ended with ${code}: ${said}`);
  return { killed: code === null, seconds: (performance.now() - began) / 1000 };
}

/** Every file by its path, as a hash of its bytes. */
function fingerprint(folder) {
  const files = {};
  const visit = (path) => {
    for (const name of readdirSync(path).sort()) {
      const entry = join(path, name);
      if (statSync(entry).isDirectory()) visit(entry);
      else files[relative(folder, entry)] = sha256(contentOf(entry, name));
    }
  };
  visit(folder);
  return files;
}

function contentOf(path, name) {
  const bytes = readFileSync(path);
  return name === "run.json" ? JSON.stringify({ ...JSON.parse(bytes.toString()), times: null }) : bytes;
}

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

const manifestOf = (folder) =>
  existsSync(join(folder, "run.json")) ? JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) : null;

/** Kills a command until it was killed often enough, letting it end now and then. */
async function torment(name, begin, goOn, keepsEpochs) {
  const straight = join(scratch, name, "straight");
  const { seconds } = await alidade([...begin, "-o", straight]);
  const expected = fingerprint(straight);
  const count = {
    kills: 0,
    "before run.json": 0,
    "between epochs": 0,
    "after the last": 0,
    resumed: 0,
    runs: 0,
  };
  const problems = [];
  while (count.kills < kills) {
    const folder = join(scratch, name, `run-${count.runs++}`);
    for (let attempt = 0; ; attempt++) {
      const before = manifestOf(folder);
      if (before) count.resumed++;
      const args = before ? goOn(folder) : [...begin, "-o", folder];
      const { killed } = await alidade(args, attempt < 6 ? random.unit() * seconds * 1000 : null);
      if (!killed) break;
      count.kills++;
      const after = manifestOf(folder);
      if (!after) count["before run.json"]++;
      else if (after.epochs.finished < epochs) count["between epochs"]++;
      else count["after the last"]++;
      if (keepsEpochs && before && !after) problems.push(`${folder}: run.json has gone`);
      if (keepsEpochs && before && after && after.epochs.finished < before.epochs.finished) {
        problems.push(`${folder}: ${before.epochs.finished} epochs became ${after.epochs.finished}`);
      }
      for (const [path, checksum] of Object.entries(after?.checksums ?? {})) {
        const file = join(folder, path);
        if (!existsSync(file)) problems.push(`${file}: finished, but missing`);
        else if (sha256(readFileSync(file)) !== checksum) problems.push(`${file}: finished, but changed`);
      }
    }
    const found = fingerprint(folder);
    for (const path of new Set([...Object.keys(expected), ...Object.keys(found)])) {
      if (expected[path] !== found[path])
        problems.push(`${folder}: ${path} differs from the undisturbed run's`);
    }
    rmSync(folder, { recursive: true });
  }
  const moments = Object.entries(count)
    .slice(1, 4)
    .map(([moment, times]) => `${times} ${moment}`)
    .join(", ");
  console.log(`${name}: ${seconds.toFixed(2)} s undisturbed, ${Object.keys(expected).length} files`);
  console.log(
    `  killed ${count.kills} times (${moments}), gone on with ${count.resumed} times, ${count.runs} runs ended`,
  );
  console.log(`  ${problems.length === 0 ? "all bytes equal, nothing lost" : `${problems.length} problems`}`);
  for (const problem of problems.slice(0, 20)) console.log(`    ${problem}`);
  return problems.length === 0;
}

/** A labelled file whose words hint at the label, and the reference's dynamics files for it. */
function writeInput() {
  const labels = ["bad", "fair", "good"];
  const gold = Array.from({ length: rows }, () => random.below(labels.length));
  const word = (label) =>
    random.unit() < 0.3 ? `${labels[label]}${random.below(40)}` : `word${random.below(3000)}`;
  const lines = gold.map(
    (label, row) => `e${row},${Array.from({ length: 15 }, () => word(label)).join(" ")},${labels[label]}`,
  );
  const data = join(scratch, "data.csv");
  writeFileSync(data, `id,text,label\n${lines.join("\n")}\n`);
  const dynamics = join(scratch, "dynamics");
  mkdirSync(dynamics);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const records = gold.map((label, row) => {
      const logits = labels.map((_, k) => Math.fround(random.normal() + (k === label ? epoch / 2 : 0)));
      return JSON.stringify({
        guid: `e${row}`,
        [`logits_epoch_${epoch}`]: logits,
        gold: label,
        device: "cpu",
      });
    });
    writeFileSync(join(dynamics, `dynamics_epoch_${epoch}.jsonl`), `${records.join("\n")}\n`);
  }
  return { data, dynamics };
}

const { data, dynamics } = writeInput();
console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}`,
);
console.log(`${rows} examples, ${epochs} epochs, ${kills} kills each, seed ${flags.seed}`);
const roles = ["--id", "id", "--text", "text", "--label", "label"];
let fine = true;
try {
  if (flags.only !== "import") {
    const begin = ["map", data, ...roles, "--epochs", String(epochs)];
    fine = (await torment("map", begin, (folder) => ["map", "--resume", folder], true)) && fine;
  }
  if (flags.only !== "map") {
    // An import reads its sources again from the start.
    const begin = ["import", dynamics, "--data", data, ...roles];
    fine =
      (await torment("import", begin, (folder) => [...begin, "-o", folder, "--overwrite"], false)) && fine;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = fine ? 0 : 1;
