"""Fine-tunes a Hugging Face encoder on texts or pairs of texts, and logs what it says of each while it learns.

Alidade starts it as a trainer; the files that it reads and writes are those of docs/command-trainer.md:

    alidade map train.csv --test id=test.csv --trainer command --protocol train-pass --command \
      'python train.py --checkpoint roberta-base --train {train} --observe {observe} --tests {tests}
       --labels {labels} --out {out} --seed {seed} --epochs {epochs} --protocol {protocol}'

Defaults are settings of Swayamdipta et al. 2020 for RoBERTa-large. Smaller models want larger steps, 3e-5 to 2e-4.
"""

import argparse
import functools
import json
import os
from pathlib import Path

# Before PyTorch starts: without it, products on a GPU may add up in another order each time.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging


def parse_arguments(words=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    files = parser.add_argument_group("what Alidade fills in")
    files.add_argument("--train", type=Path, required=True, metavar="FILE", help="{train}")
    files.add_argument("--observe", type=Path, metavar="FILE", help="{observe}; default: what it trains on")
    files.add_argument("--tests", type=Path, metavar="FOLDER", help="{tests}; default: nothing is predicted")
    files.add_argument("--dev", type=Path, metavar="FILE", help="{dev}, lines as in {train}: the best epoch is kept")
    files.add_argument("--labels", type=Path, required=True, metavar="FILE", help="{labels}")
    files.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="{out}")
    files.add_argument("--save", type=Path, metavar="FOLDER", help="{model}; default: the model is not kept")
    files.add_argument("--seed", type=int, default=0, help="{seed}")
    files.add_argument("--epochs", type=int, default=6, help="{epochs}")
    files.add_argument("--protocol", choices=["train-pass", "epoch-end"], default="train-pass", help="{protocol}")
    files.add_argument("--threads", type=int, help="{threads}; default: PyTorch's choice")
    model = parser.add_argument_group("the model")
    model.add_argument("--checkpoint", required=True, help="a folder, or a name on the Hugging Face hub")
    model.add_argument("--max-length", type=int, default=128, help="tokens; of a pair the longer text is cut")
    model.add_argument("--freeze", default="none", help="none, embeddings, layers:N (and the embeddings), or all")
    training = parser.add_argument_group("the training: AdamW, the learning rate falls to 0 in a line")
    training.add_argument("--learning-rate", type=float, default=1e-5)
    training.add_argument("--batch", type=int, default=32)
    training.add_argument("--weight-decay", type=float, default=0.0)
    training.add_argument("--warmup", type=float, default=0.0, help="share of the updates in which the rate rises")
    training.add_argument("--clip", type=float, default=1.0, help="largest norm of the gradient")
    training.add_argument("--steps", type=int, help="updates at most; default: all epochs")
    training.add_argument("--patience", type=int, help="with --dev: stops after so many epochs without a gain")
    machine = parser.add_argument_group("the machine")
    machine.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    machine.add_argument("--dtype", choices=["float32", "bfloat16", "float16"], default="float32", help="of products")
    machine.add_argument("--attention", choices=["eager", "sdpa"], default="sdpa", help="how transformers computes it")
    machine.add_argument("--graphs", action="store_true", help="CUDA graphs: faster where the model is small")
    return parser.parse_args(words)


def read_lines(path):
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write_lines(path, records):
    """Beside first, then in place: half a file is never seen."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    part.rename(path)


def tokenize(tokenizer, examples, max_length):
    """Tables of token ids, padded to the longest text. The tokenizer's own limits play no part."""
    if not all("text" in example and "choices" not in example for example in examples):
        raise SystemExit("this program reads single texts and pairs of texts only")
    columns = ["text", "text_pair"] if "text_pair" in examples[0] else ["text"]
    texts = [[example[column] for example in examples] for column in columns]
    length = min(max_length, tokenizer.model_max_length)
    cut = {"truncation": "longest_first", "max_length": length}
    return dict(tokenizer(*texts, **cut, padding="longest", return_tensors="pt"))


class Examples:
    """A file's examples on the device."""

    def __init__(self, path, tokenizer, args):
        lines = read_lines(path)
        tables = tokenize(tokenizer, lines, args.max_length)
        self.ids = [line["guid"] for line in lines]
        self.lengths = tables["attention_mask"].sum(dim=1)
        self.tables = {name: table.to(args.device) for name, table in tables.items()}
        self.gold = torch.tensor([line.get("gold", -1) for line in lines], device=args.device)

    def batches(self, order, size, multiple=1):
        """What the model reads of so many rows at a time, no wider than the longest; and the rows, on the device."""
        for rows, places in zip(order.split(size), order.to(self.gold.device).split(size)):
            width = -(-int(self.lengths[rows].max()) // multiple) * multiple
            yield {name: table[places, :width] for name, table in self.tables.items()}, places


def build_model(args, labels):
    model = AutoModelForSequenceClassification.from_pretrained(
        args.checkpoint, num_labels=len(labels), dtype=torch.float32, attn_implementation=args.attention
    )
    model.config.id2label = dict(enumerate(labels))
    model.config.label2id = {label: index for index, label in enumerate(labels)}
    freeze(model.base_model, args.freeze)
    return model.to(args.device)


def freeze(encoder, what):
    """Every common family has input embeddings and one list of layers, whatever their names."""
    kind, _, count = what.partition(":")
    if kind not in ("none", "embeddings", "layers", "all") or (kind == "layers") != count.isdigit():
        raise SystemExit(f"--freeze: not none, embeddings, layers:N or all: {what}")
    frozen = {"none": [], "all": [encoder]}.get(kind, [getattr(encoder, "embeddings", encoder.get_input_embeddings())])
    layers = next(module for module in encoder.modules() if isinstance(module, torch.nn.ModuleList))
    for module in [*frozen, *layers[: int(count or 0)]]:
        module.requires_grad_(False)


class Trainer:
    """One training: passes over the data, with a rate that falls from update to update to 0."""

    def __init__(self, model, train, args):
        self.model, self.train, self.args = model, train, args
        self.order = torch.Generator().manual_seed(args.seed)
        self.steps = args.epochs * -(-len(train.ids) // args.batch)
        self.steps = min(self.steps, args.steps or self.steps)
        self.step = 0
        device = torch.device(args.device).type
        rate = torch.tensor(args.learning_rate, device=args.device) if args.graphs else args.learning_rate
        weights = [weight for weight in model.parameters() if weight.requires_grad]
        groups = [  # Biases and the weights of layer norms do not decay.
            {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": args.weight_decay},
            {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, fused=device == "cuda", capturable=args.graphs)
        self.scaler = torch.amp.GradScaler(device, enabled=args.dtype == "float16")
        low = args.dtype != "float32"
        self.autocast = functools.partial(
            torch.autocast, device, getattr(torch, args.dtype) if low else None, low, cache_enabled=not args.graphs
        )
        self.replays, self.pool = {}, torch.cuda.graph_pool_handle() if args.graphs else None

    def epoch(self):
        """The logits of every example as its own update saw it, dropout on: `train-pass`. None where updates ran out."""
        self.model.train()
        order = torch.randperm(len(self.train.ids), generator=self.order)
        seen = []
        for inputs, places in self.train.batches(order, self.args.batch, 32 if self.args.graphs else 1):
            if self.step == self.steps:
                return None
            self.set_rate()
            # A graph wants a few plain updates before.
            update = self.replay if self.args.graphs and self.step >= 3 else self.update
            seen.append(update(inputs, self.train.gold[places]))
            self.step += 1
        return torch.cat(seen)[order.argsort().to(self.args.device)]

    def set_rate(self):
        warm = self.args.warmup * self.steps
        rate = min((self.step + 1) / (warm + 1), (self.steps - self.step) / (self.steps - warm))
        rate *= self.args.learning_rate
        for group in self.optimizer.param_groups:
            group["lr"] = group["lr"].fill_(rate) if self.args.graphs else rate

    def update(self, inputs, gold):
        """One update. @returns the logits that it follows from"""
        with self.autocast():
            logits = self.model(**inputs).logits.float()
        self.scaler.scale(cross_entropy(logits, gold)).backward()
        self.scaler.unscale_(self.optimizer)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.args.clip)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad()
        return logits.detach()

    def replay(self, inputs, gold):
        """An update as one CUDA graph for all inputs of its shape: no time is lost between kernels."""
        shape = inputs["input_ids"].shape
        if shape not in self.replays:
            own = {name: table.clone() for name, table in inputs.items()}, gold.clone()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=self.pool, stream=torch.cuda.current_stream()):
                logits = self.update(*own)
            self.replays[shape] = graph, own, logits
        graph, (own_inputs, own_gold), logits = self.replays[shape]
        for name, table in inputs.items():
            own_inputs[name].copy_(table)
        own_gold.copy_(gold)
        graph.replay()
        return logits.clone()

    @torch.inference_mode()
    def predict(self, examples, batch=256):
        """Logits of all examples without dropout; texts of one length go together, so that little is padded."""
        self.model.eval()
        order = examples.lengths.argsort()
        logits = []
        for inputs, _ in examples.batches(order, batch):
            with self.autocast():
                logits.append(self.model(**inputs).logits.float())
        return torch.cat(logits)[order.argsort().to(self.args.device)]


def main(words=None):
    args = parse_arguments(words)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.manual_seed(args.seed)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # For debugging; it costs a kernel for each result.
    torch.set_float32_matmul_precision("high")
    torch.set_num_threads(args.threads or torch.get_num_threads())
    if args.graphs:
        if args.dtype == "float16":
            raise SystemExit("--graphs: float16 looks at its gradients between kernels; use bfloat16")
        torch.cuda.set_stream(torch.cuda.Stream())  # The default one cannot be captured.
    others = args.observe not in (None, args.train)
    if others and args.protocol == "train-pass":
        raise SystemExit("a train pass observes what it trains on: use --protocol epoch-end")
    labels = json.loads(args.labels.read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(args.checkpoint)
    model = build_model(args, labels)
    read = functools.partial(Examples, tokenizer=tokenizer, args=args)
    train = read(args.train)
    observe = read(args.observe) if others else train
    dev = read(args.dev) if args.dev else None
    trainer = Trainer(model, train, args)
    best, best_epoch, best_weights = -1.0, 0, None

    for epoch in range(args.epochs):
        logits = trainer.epoch()
        if args.protocol == "epoch-end":
            logits = trainer.predict(observe)
        if logits is None:
            break  # The updates ended in the middle of a pass.
        if not logits.isfinite().all():
            raise SystemExit(f"epoch {epoch}: the logits are not finite; a smaller --learning-rate may help")
        loss = cross_entropy(logits, observe.gold)
        print(f"epoch {epoch}: loss {loss:.4f}, {trainer.step} of {trainer.steps} updates", flush=True)
        name, seen = f"logits_epoch_{epoch}", zip(observe.ids, logits.tolist(), observe.gold.tolist())
        lines = ({"guid": guid, name: values, "gold": gold} for guid, values, gold in seen)
        write_lines(args.out / f"dynamics_epoch_{epoch}.jsonl", lines)
        if dev:
            accuracy = (trainer.predict(dev).argmax(dim=1) == dev.gold).float().mean().item()
            print(f"epoch {epoch}: dev accuracy {accuracy:.4f}", flush=True)
            if accuracy > best:
                best, best_epoch = accuracy, epoch
                best_weights = {name: weight.clone() for name, weight in model.state_dict().items()}
            elif args.patience and epoch - best_epoch >= args.patience:
                break
        if trainer.step == trainer.steps:
            break

    if best_weights:
        model.load_state_dict(best_weights)
    for path in sorted(args.tests.glob("*.jsonl")) if args.tests else []:
        test = read(path)
        lines = ({"guid": guid, "logits": values} for guid, values in zip(test.ids, trainer.predict(test).tolist()))
        write_lines(args.out / "predictions" / path.name, lines)
    if args.save:
        model.save_pretrained(args.save)
        tokenizer.save_pretrained(args.save)


if __name__ == "__main__":
    main()
