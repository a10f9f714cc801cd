"""The same epoch with transformers' Trainer, grouped by length, for bench/encoder.mjs --text. Prints a line of JSON."""

import gzip
import json
import resource
import sys
import tempfile

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments

job = json.loads(sys.argv[1])
torch.set_num_threads(job["threads"])
labels = {"contradiction": 0, "entailment": 1, "neutral": 2}
tokenizer = AutoTokenizer.from_pretrained(job["model"])
rows = []
with gzip.open(job["data"], "rt", encoding="utf8") as lines:
    for line in lines:
        item = json.loads(line)
        if item["label"] in labels and len(rows) < job["examples"]:
            encoded = tokenizer(item["premise"], item["hypothesis"], truncation=True, max_length=128, padding=False)
            rows.append({**encoded, "length": len(encoded["input_ids"]), "labels": labels[item["label"]]})
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        folder,
        per_device_train_batch_size=32,
        num_train_epochs=1,
        learning_rate=2e-5,
        train_sampling_strategy="group_by_length",
        report_to=[],
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        logging_strategy="no",
    )
    trainer = Trainer(
        AutoModelForSequenceClassification.from_pretrained(job["model"], num_labels=3),
        arguments,
        train_dataset=rows,
        data_collator=DataCollatorWithPadding(tokenizer),
    )
    rate = trainer.train().metrics["train_samples_per_second"]
print(json.dumps({"rate": rate, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
