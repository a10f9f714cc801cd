/**
 * Reading, hashing, six epochs and the dynamics on disk of published sets (bench/ngram_ours.mjs, a whole process), against scikit-learn on the
 * same n-grams in the same run: TfidfVectorizer (sublinear, words and characters as blocks) and six epochs of SGDClassifier (log loss) with the
 * probabilities of all training examples after each, in memory. Beside them the whole of `alidade map`: the same, the map, the figure and the summary.
 * Times are those of the wall and of all cores together; on a machine with other work only the latter mean much.
 *
 * Run: npm run build && node bench/ngram.mjs [--sets sst2,trec] [--runs 3] [--words] [--python /tmp/venv/bin/python]
 * `--words`: word n-grams only. Without Python or scikit-learn the comparison is left out, and the last line says so.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
    python: { type: "string", default: "python3" },
  },
});
const sets = {
  sst2: ["sst2/train.tsv.gz", "sst2/dev.tsv", []],
  trec: ["trec/TREC.train", "trec/TREC.test", ["--preset", "trec"], { preset: "trec" }],
  banking77: ["banking77/train.csv", "banking77/test.csv", []],
  md_agreement: [
    "lewidi/md_agreement/MD-Agreement_train.json.gz",
    "lewidi/md_agreement/MD-Agreement_test.json.gz",
    [],
  ],
  adult: [
    "adult/adult.data.gz",
    null,
    ["--features", "*", "--label", "Salary"],
    { features: ["*"], label: "Salary" },
  ],
};
if (!existsSync(data)) {
  console.error("bench/ngram reads the published sets from ../shared/data, which is not there");
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "alidade-bench-"));
const interpreter = values.python;
const python = [interpreter, [fileURLToPath(new URL("ngram_sklearn.py", import.meta.url))]];
const peer = spawnSync(interpreter, ["-c", "import pandas, sklearn; print(sklearn.__version__)"], {
  encoding: "utf8",
});

console.log(
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}`,
);
console.log(`median of ${values.runs} runs; times of whole processes\n`);
console.log(
  "| set | examples | alidade s | cpu s | peak MB | test acc. | map s | cpu s | sklearn s | cpu s | peak MB | test acc. | ratio | of cpu |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const name of values.sets?.split(",") ?? Object.keys(sets)) {
  const [train, test, flags, reading = {}] = sets[name];
  const held = test === null ? splitAdult(data + train) : [data + train, data + test];
  const { ours, whole, theirs } = medians({
    ours: () => alidade(held, reading),
    whole: () => map(held, flags),
    ...(peer.status === 0 && { theirs: () => sklearn(name, held) }),
  });
  const cells = [
    name,
    ours.size,
    ...[ours.seconds.toFixed(2), ours.cpu.toFixed(2), Math.round(ours.peak / 1024), ours.accuracy.toFixed(3)],
    ...[whole.seconds.toFixed(2), whole.cpu.toFixed(2)],
    ...(theirs
      ? [
          ...[theirs.seconds.toFixed(2), theirs.cpu.toFixed(2)],
          ...[Math.round(theirs.peak / 1024), theirs.accuracy.toFixed(3)],
          ...[(ours.seconds / theirs.seconds).toFixed(2), (ours.cpu / theirs.cpu).toFixed(2)],
        ]
      : ["", "", "", "", "", ""]),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
if (peer.status !== 0) console.log("\nscikit-learn is absent: pip install scikit-learn, for the comparison");
rmSync(scratch, { recursive: true });

function alidade([train, test], reading) {
  const options = values.words && reading.features === undefined ? { characters: "0" } : {};
  const script = fileURLToPath(new URL("ngram_ours.mjs", import.meta.url));
  const given = [join(scratch, "train"), train, test, JSON.stringify(reading), JSON.stringify(options)];
  const run = measured(process.execPath, [script, ...given]);
  return { ...run, ...JSON.parse(run.stdout.trim().split("\n").at(-1)) };
}

function map([train, test], flags) {
  const text = values.words && !flags.includes("--features") ? ["--characters", "0"] : [];
  const out = ["-o", join(scratch, "map"), "--overwrite"];
  return measured(process.execPath, [cli, "map", train, "--test", `test=${test}`, ...out, ...flags, ...text]);
}

function sklearn(name, [train, test]) {
  const [program, script] = python;
  const run = measured(program, [...script, name, train, test, values.words ? "words" : "all"]);
  return { ...run, accuracy: Number(run.stdout.trim().split("\n").at(-1)) };
}

/** Seconds of the wall and of all cores, and peak resident kilobytes, of a process: /usr/bin/env python's resource module tells the latter everywhere. */
function measured(program, args) {
  const wrapper =
    "import resource,subprocess,sys,time;t=time.time();r=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE,stderr=subprocess.PIPE,text=True);" +
    "print(r.stdout);sys.stderr.write(r.stderr if r.returncode else '');" +
    "u=resource.getrusage(resource.RUSAGE_CHILDREN);" +
    "print('@',time.time()-t,u.ru_utime+u.ru_stime,u.ru_maxrss,r.returncode)";
  const { stdout, stderr } = spawnSync("python3", ["-c", wrapper, program, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const at = stdout.lastIndexOf("@ ");
  const [seconds, cpu, peak, status] = stdout
    .slice(at + 2)
    .trim()
    .split(" ")
    .map(Number);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return { seconds, cpu, peak, stdout: stdout.slice(0, at) };
}

/** Each runs once in turn, so that all see the same load; of each the run of median wall time. */
function medians(sides) {
  const results = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let i = 0; i < Number(values.runs); i++)
    for (const [side, run] of Object.entries(sides)) results[side].push(run());
  const middle = (list) => list.sort((a, b) => a.seconds - b.seconds)[Math.floor(list.length / 2)];
  return Object.fromEntries(Object.entries(results).map(([side, list]) => [side, middle(list)]));
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
