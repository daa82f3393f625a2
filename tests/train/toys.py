"""Networks of a few neurons with weights as they fall, for tests of their shape. Needs PyTorch."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from models.train.network import Reader
from monitor.adapters.encoder import Encoder

#: A model directory of a few kB, see `models.train.tiny`.
TINY = Path(__file__).parents[1] / "adapters" / "tiny_model"


def tiny_encoder() -> Encoder:
    return Encoder.load(TINY, max_tokens=24, max_subject=8)


def tiny_network() -> Reader:
    """One layer, for what that encoder says."""
    return toy_reader(seed=1, vocabulary=200, width=32, layers=1, heads=2, inner=32, places=32)


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
