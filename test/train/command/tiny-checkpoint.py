"""python tiny-checkpoint.py FOLDER: a random BERT of two layers and 25,000 weights, with a tokenizer of the words that the tests use."""

import sys

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
letters = "abcdefghijklmnopqrstuvwxyz0123456789"
words = [*special, *letters, *(f"##{letter}" for letter in letters), *(f"w{label}x{i}" for label in range(2) for i in range(12))]
vocabulary = {word: index for index, word in enumerate(words)}
tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer()
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
tokenizer.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
)
# As published files do: neither is for the trainer to follow.
tokenizer.enable_truncation(8)
tokenizer.enable_padding(length=40)
names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), special))
PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **names).save_pretrained(sys.argv[1])
torch.manual_seed(0)
sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
BertModel(BertConfig(vocab_size=len(words), max_position_embeddings=64, **sizes)).save_pretrained(sys.argv[1])
