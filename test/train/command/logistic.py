"""A small real training program for the command trainer: softmax regression on words, in plain Python.

Writes dynamics after every epoch as allenai/cartography does (line by line, into the file's own name), numbers as ids
where they are numbers, and predictions as probabilities with the labels in an order of its own.
"""

import argparse
import json
import math
import os
import random
import re

parser = argparse.ArgumentParser()
for name in ("train", "observe", "out", "labels"):
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--test", nargs="*", default=[])
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--epochs", type=int, default=3)
args = parser.parse_args()


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def words(example):
    return set(re.findall(r"[\w']+", (example["text"] + " " + example.get("text_pair", "")).lower()))


def scores(weights, features):
    scale = 1 / math.sqrt(max(1, len(features)))
    return [scale * sum(of_label.get(word, 0.0) for word in features) for of_label in weights]


def softmax(values):
    terms = [math.exp(value - max(values)) for value in values]
    return [term / sum(terms) for term in terms]


with open(args.labels, encoding="utf-8") as file:
    labels = json.load(file)
train = read(args.train)
observe = read(args.observe)
weights = [{} for _ in labels]
generator = random.Random(args.seed)
for epoch in range(args.epochs):
    for example in generator.sample(train, len(train)):
        features = words(example)
        scale = 1 / math.sqrt(max(1, len(features)))
        for label, probability in enumerate(softmax(scores(weights, features))):
            error = probability - (label == example["gold"])
            for word in features:
                weights[label][word] = weights[label].get(word, 0.0) - 0.5 * error * scale
    path = os.path.join(args.out, "training_dynamics")
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, f"dynamics_epoch_{epoch}.jsonl"), "w") as file:
        for example in observe:
            record = {
                "guid": example["guid"],
                f"logits_epoch_{epoch}": scores(weights, words(example)),
                "gold": example["gold"],
            }
            file.write(json.dumps(record) + "\n")
    print(f"epoch {epoch} done", flush=True)

for path in args.test:
    with open(os.path.join(args.out, "predictions", os.path.basename(path)), "w") as file:
        file.write(json.dumps({"labels": labels[::-1]}) + "\n")
        for example in read(path):
            probabilities = softmax(scores(weights, words(example)))[::-1]
            file.write(json.dumps({"guid": example["guid"], "probabilities": probabilities}) + "\n")
