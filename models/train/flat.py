"""The network as it is served: one text, without padding, and nothing that only padding needs.

The same numbers as `Reader`, from fewer and larger steps: queries, keys and values come from one
multiplication, and no shape is worked out while it runs. Its text's mean, which the heads are
given anyway, is the text's vector. BERT's layers alone; trains nothing.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from models.train.network import Reader, by_words


class Flat(nn.Module):
    """Token ids and segments, shape (1, tokens), to logits (1, columns) and vector (1, width)."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        encoder: Any = reader.encoder
        self.tokens = encoder.embeddings.word_embeddings
        self.places = encoder.embeddings.position_embeddings
        self.segments = encoder.embeddings.token_type_embeddings
        self.norm = encoder.embeddings.LayerNorm
        self.layers = nn.ModuleList(Layer(each) for each in encoder.encoder.layer)
        self.mix, self.heads, self.words = reader.mix, reader.heads, reader.words

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """What `Reader` says, and the mean over the text's own tokens."""
        ids, segments = input_ids[0], token_type_ids[0]
        places = self.places.weight[: ids.shape[0]]
        states = self.norm(self.tokens(ids) + self.segments(segments) + places)
        for layer in self.layers:
            states = layer(states)
        shares = segments.to(states.dtype).unsqueeze(0)
        text = (shares @ states) / shares.sum().clamp(min=1.0)
        both = torch.cat([states.mean(0, keepdim=True), text], dim=-1)
        harms = by_words(self.words(input_ids), token_type_ids)
        return self.heads(gelu(self.mix(both))) + harms, text


class Layer(nn.Module):
    """One layer of BERT, on states of shape (tokens, width)."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        attention = layer.attention.self
        self.count: int = attention.num_attention_heads
        self.size: int = attention.attention_head_size
        self.asked = _side_by_side(attention, self.size**-0.5)
        self.given = layer.attention.output.dense
        self.attended = layer.attention.output.LayerNorm
        self.up, self.down = layer.intermediate.dense, layer.output.dense
        self.done = layer.output.LayerNorm

    def forward(self, states: Tensor) -> Tensor:
        """Attention and the two dense layers, each added to what came in."""
        asked = self.asked(states).reshape(-1, 3 * self.count, self.size).permute(1, 0, 2)
        queries, keys, values = asked.split(self.count)
        weights = torch.softmax(queries @ keys.transpose(-1, -2), dim=-1)
        read = (weights @ values).permute(1, 0, 2).reshape(-1, self.count * self.size)
        states = self.attended(states + self.given(read))
        out: Tensor = self.done(states + self.down(gelu(self.up(states))))
        return out


def _side_by_side(attention: Any, scale: float) -> nn.Linear:
    """Queries, already scaled, keys and values as one linear layer."""
    parts = (attention.query, attention.key, attention.value)
    shares = (scale, 1.0, 1.0)
    return linear_of(
        torch.cat([s * part.weight for s, part in zip(shares, parts, strict=True)]),
        torch.cat([s * part.bias for s, part in zip(shares, parts, strict=True)]),
    )


def linear_of(weight: Tensor, bias: Tensor) -> nn.Linear:
    """A linear layer of these numbers."""
    made = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        made.weight.copy_(weight)
        made.bias.copy_(bias)
    return made
