/**
 * The whole of `alidade map` on published sets (reading, hashing, six epochs, dynamics on disk) against scikit-learn on the same n-grams in
 * the same run: TfidfVectorizer (sublinear, words and characters as blocks) and six epochs of SGDClassifier (log loss) with the probabilities
 * of all training examples after each.
 *
 * Run: npm run build && node bench/ngram.mjs [--sets sst2,trec] [--runs 3] [--words]
 * `--words`: word n-grams only. Without Python or scikit-learn the comparison is left out, and the last line says so.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const data = new URL("../../shared/data/", import.meta.url).pathname;
const cli = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const { values } = parseArgs({
  options: {
    sets: { type: "string" },
    runs: { type: "string", default: "3" },
    words: { type: "boolean", default: false },
  },
});
const sets = {
  sst2: ["sst2/train.tsv.gz", "sst2/dev.tsv", []],
  trec: ["trec/TREC.train", "trec/TREC.test", ["--preset", "trec"]],
  banking77: ["banking77/train.csv", "banking77/test.csv", []],
  md_agreement: [
    "lewidi/md_agreement/MD-Agreement_train.json.gz",
    "lewidi/md_agreement/MD-Agreement_test.json.gz",
    [],
  ],
  adult: ["adult/adult.data.gz", null, ["--features", "*", "--label", "Salary"]],
};
if (!existsSync(data)) {
  console.error("bench/ngram reads the published sets from ../shared/data, which is not there");
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "alidade-bench-"));
const python = ["python3", [fileURLToPath(new URL("ngram_sklearn.py", import.meta.url))]];
const peer = spawnSync("python3", ["-c", "import sklearn; print(sklearn.__version__)"], { encoding: "utf8" });

console.log(
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}`,
);
console.log(`median of ${values.runs} runs; times of whole processes\n`);
console.log(
  "| set | examples | alidade s | examples/s | peak MB | test acc. | sklearn s | peak MB | test acc. | time ratio |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const name of values.sets?.split(",") ?? Object.keys(sets)) {
  const [train, test, flags] = sets[name];
  const held = test === null ? splitAdult(data + train) : [data + train, data + test];
  const ours = median(() => alidade(held, flags));
  const theirs = peer.status === 0 ? median(() => sklearn(name, held)) : null;
  const cells = [
    name,
    ours.size,
    ours.seconds.toFixed(2),
    Math.round((ours.size * 6) / ours.seconds),
    Math.round(ours.peak / 1024),
    ours.accuracy.toFixed(3),
    theirs ? theirs.seconds.toFixed(2) : "",
    theirs ? Math.round(theirs.peak / 1024) : "",
    theirs ? theirs.accuracy.toFixed(3) : "",
    theirs ? (ours.seconds / theirs.seconds).toFixed(2) : "",
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
if (peer.status !== 0) console.log("\nscikit-learn is absent: pip install scikit-learn, for the comparison");
rmSync(scratch, { recursive: true });

function alidade([train, test], flags) {
  const out = join(scratch, "run");
  const text = flags.includes("--features") ? [] : values.words ? ["--characters", "0"] : [];
  const run = measured(process.execPath, [
    cli,
    "map",
    train,
    "--test",
    `test=${test}`,
    "-o",
    out,
    "--overwrite",
    ...flags,
    ...text,
  ]);
  const scores = JSON.parse(readFileSync(join(out, "tests/test.json"), "utf8"));
  const manifest = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
  return { ...run, accuracy: scores.accuracy, size: manifest.dataset.size };
}

function sklearn(name, [train, test]) {
  const [program, script] = python;
  const run = measured(program, [...script, name, train, test, values.words ? "words" : "all"]);
  return { ...run, accuracy: Number(run.stdout.trim().split("\n").at(-1)) };
}

/** Wall seconds and peak resident kilobytes of a process: /usr/bin/env python's resource module tells the latter everywhere. */
function measured(program, args) {
  const wrapper =
    "import resource,subprocess,sys,time;t=time.time();r=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE,stderr=subprocess.PIPE,text=True);" +
    "print(r.stdout);sys.stderr.write(r.stderr if r.returncode else '');" +
    "print('@',time.time()-t,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,r.returncode)";
  const { stdout, stderr } = spawnSync("python3", ["-c", wrapper, program, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const at = stdout.lastIndexOf("@ ");
  const [seconds, peak, status] = stdout
    .slice(at + 2)
    .trim()
    .split(" ")
    .map(Number);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return { seconds, peak, stdout: stdout.slice(0, at) };
}

function median(run) {
  const results = Array.from({ length: Number(values.runs) }, run);
  return results.sort((a, b) => a.seconds - b.seconds)[Math.floor(results.length / 2)];
}

/** Adult has no test file here: every fifth row is held back. */
function splitAdult(path) {
  const unzipped = spawnSync("gzip", ["-dc", path], { encoding: "utf8", maxBuffer: 2 ** 28 }).stdout;
  const [header, ...rows] = unzipped.trim().split("\n");
  const parts = [rows.filter((_, i) => i % 5 !== 0), rows.filter((_, i) => i % 5 === 0)];
  return parts.map((part, i) => {
    const file = join(scratch, `adult-${i}.csv`);
    writeFileSync(file, [header, ...part].join("\n") + "\n");
    return file;
  });
}
