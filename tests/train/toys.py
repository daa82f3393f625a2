"""Networks of a few neurons with weights as they fall, for tests of their shape. Needs PyTorch."""

from __future__ import annotations

import torch
from transformers import BertConfig, BertModel

from models.train.network import Reader


def toy_reader(
    *, seed: int, vocabulary: int, width: int, layers: int, heads: int, inner: int, places: int,
    spread: float = 0.02,
) -> Reader:  # fmt: skip
    """BERT of that size with fresh heads; `spread` is the deviation of its weights."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=vocabulary, hidden_size=width, num_hidden_layers=layers,
        num_attention_heads=heads, intermediate_size=inner, max_position_embeddings=places,
        initializer_range=spread,
    )  # fmt: skip
    return Reader(BertModel(config, add_pooling_layer=False), width=width)
