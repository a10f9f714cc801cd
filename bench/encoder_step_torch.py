"""The same step with PyTorch and transformers, for bench/encoder.mjs. Prints a line of JSON."""

import json
import resource
import statistics
import sys
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

size = json.loads(sys.argv[1])
torch.set_num_threads(size["threads"])
torch.manual_seed(1)
width = size["width"]
config = BertConfig(
    hidden_size=width,
    num_hidden_layers=size["layers"],
    num_attention_heads=width // (64 if width == 768 else 32),
    intermediate_size=4 * width,
    hidden_dropout_prob=size["dropout"],
    attention_probs_dropout_prob=size["dropout"],
    num_labels=3,
)
model = BertForSequenceClassification(config).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
shape = (size["batch"], size["length"])
mask = torch.ones(shape, dtype=torch.long)
labels = torch.arange(size["batch"]) % 3
times = []
cpu = 0.0
for step in range(size["steps"] + 2):
    ids = torch.randint(1000, 30000, shape)
    started, used = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if step >= 2:
        times.append(1000 * (time.perf_counter() - started))
        cpu += 1000 * (time.process_time() - used) / size["steps"]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"step": statistics.median(times), "cpu": cpu, "peak": peak}))
