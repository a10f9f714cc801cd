/** The study that `alidade study init` writes: every key with its meaning, and it runs as it is. */

import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** @param folder where the file is going to lie: paths in it are relative to that */
export function exampleStudy(folder: string): string {
  const examples = fileURLToPath(new URL("../../../examples/cad-sentiment", import.meta.url));
  const path = (name: string): string => JSON.stringify(relative(resolve(folder), `${examples}/${name}`));
  return `# A study: train on parts of a dataset, chosen by its map or otherwise, and test inside and outside its distribution.
#   alidade study <this file> --dry-run     what it would do
#   alidade study <this file> -o <folder>   does it; the same command goes on after a stop, and after a change of this file

name: cad-sentiment

# Trained on. Paths are relative to this file. Columns are found by name and content; text, textPair, choices, features, label, id,
# group, where, format, encoding, delimiter, quotes, header, labels, missingLabels, preset say otherwise.
data:
  file: ${path("orig-train.tsv.gz")}
  text: Text
  label: Sentiment

# Tested on, each by a name of your own. kind: id is of the training set's distribution, ood of another. Read like the data where its
# columns are there, else found anew, else as told by the same keys.
tests:
  id:
    kind: id
    file: ${path("orig-test.tsv")}
  new:
    kind: ood
    file: ${path("new-test.tsv")}
    # mapLabels: { neutral: non-entailment, contradiction: non-entailment }   the model's labels -> this set's
    # slices: [heuristic]      columns by whose values accuracy is reported too
    # cluster: premise         examples that do not vote for themselves

trainer:
  name: ngram
  options:
    epochs: 4

# Whose map selects. Default: the same trainer, with a seed of its own in each replicate.
# map:
#   trainer: { name: ngram, options: { epochs: 2 } }
#   protocol: held-out       train-pass, epoch-end or held-out
#   seed: training           own (the default), training, or a number: one map for all

seed: 0 # of everything random
seeds: 5 # replicates, each with a map, selections and trainings of its own; or a list of seeds

# epochs: as many passes over a part as over the whole. steps: as many updates. both: one after the other.
budget: epochs

# Each arm is a recipe, or all. Lists of by and fraction make an arm of every pair.
# Beside them: count, options, reverse, bothEnds, balance: label, minPerLabel, mix, within, exclude (ids), excludeFile (as select --exclude), withoutSuspects (a share), diverse, map, trainer, name.
arms:
  - all
  - by: [ambiguous, hard, easy, random]
    fraction: 0.33
  - by: ambiguous
    fraction: 0.33
    mix: [{ by: easy, share: 0.1 }]

# What the study is there to find out, declared beforehand. Default: ambiguous and hard against random of the same size and against all.
# primary:
#   - { arm: ambiguous 33 %, against: random 33 %, tests: [new] }

# These change nothing that is found.
jobs: 1 # worker processes
retries: 1 # how often a step that failed is tried again
# timeLimit: 600           seconds that one step may take
`;
}
