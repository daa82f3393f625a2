"""The network: an encoder, mean pooling, one linear layer per reading of it. Knows no data.

Beside the encoder stands what each token by itself says of each harm (`words`), nothing at first.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, PreTrainedModel

from models.train.rows import COLUMNS, HARM_COLUMNS

#: The harms are the last columns.
_BEFORE_HARMS = len(COLUMNS) - len(HARM_COLUMNS)


class Reader(nn.Module):
    """Token ids and segments in, one logit per column of `COLUMNS` out, shape (batch, columns)."""

    def __init__(self, encoder: PreTrainedModel, *, width: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder: PreTrainedModel = encoder
        #: MPNet tells the segments apart by their separator alone.
        self.typed: bool = hasattr(encoder.embeddings, "token_type_embeddings")
        self.mix = nn.Linear(2 * width, width)
        self.drop = nn.Dropout(dropout)
        self.heads = nn.Linear(width, len(COLUMNS))
        self.words = nn.Embedding(encoder.config.vocab_size, len(HARM_COLUMNS))
        nn.init.zeros_(self.words.weight.requires_grad_(requires_grad=False))

    @classmethod
    def fresh(cls, base: Path) -> Reader:
        """The pretrained encoder with new heads; its word embeddings are frozen."""
        # Random numbers for attention dropout are a tenth of the time of a step on a CPU.
        encoder = AutoModel.from_pretrained(
            base, local_files_only=True, add_pooling_layer=False, attention_probs_dropout_prob=0.0
        )
        encoder.embeddings.word_embeddings.requires_grad_(requires_grad=False)
        return cls(encoder, width=encoder.config.hidden_size)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Mean over the text's tokens beside the mean over all, mixed, then the heads."""
        types = {"token_type_ids": token_type_ids} if self.typed else {}
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, **types
        ).last_hidden_state
        everything = _mean(states, attention_mask)
        own = attention_mask * token_type_ids
        text = _mean(states, own)
        mixed = nn.functional.gelu(self.mix(torch.cat([everything, text], dim=-1)))
        logits: Tensor = self.heads(self.drop(mixed)) + by_words(self.words(input_ids), own)
        return logits


def by_words(said: Tensor, own: Tensor) -> Tensor:
    """What tokens say of harms, shape (batch, tokens, harms), summed over a text's `own` tokens.

    By the root of their number: a long text holds every word. Shape (batch, columns).
    """
    shares = own.unsqueeze(-1).to(said.dtype)
    harms = (said * shares).sum(1) / shares.sum(1).clamp(min=1.0).sqrt()
    return nn.functional.pad(harms, (_BEFORE_HARMS, 0))


def _mean(states: Tensor, mask: Tensor) -> Tensor:
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1.0)
