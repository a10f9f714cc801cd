"""The same training with transformers' Trainer, for bench/encoder-accuracy.mjs. Reads a job from the file that is named; the last line printed is JSON."""

import json
import sys
import tempfile

import numpy as np
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments, set_seed

job = json.load(open(sys.argv[1], encoding="utf8"))
torch.set_num_threads(job["threads"])
set_seed(job["seed"])
tokenizer = AutoTokenizer.from_pretrained(job["model"])


def encoded(part):
    rows = []
    for text, label in zip(part["texts"], part["labels"]):
        one = tokenizer(text, truncation=True, max_length=128, padding=False)
        rows.append({**one, "length": len(one["input_ids"]), "labels": label})
    return rows


with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        folder,
        per_device_train_batch_size=32,
        per_device_eval_batch_size=32,
        num_train_epochs=job["epochs"],
        learning_rate=5e-5,
        seed=job["seed"],
        train_sampling_strategy="group_by_length",
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        logging_strategy="no",
    )
    trainer = Trainer(
        AutoModelForSequenceClassification.from_pretrained(job["model"], num_labels=job["labels"]),
        arguments,
        train_dataset=encoded(job["train"]),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=lambda found: {"accuracy": float(np.mean(found.predictions.argmax(-1) == found.label_ids))},
    )
    trainer.train()
    accuracies = {name: trainer.evaluate(encoded(part))["eval_accuracy"] for name, part in job["tests"].items()}
print(json.dumps(accuracies))
