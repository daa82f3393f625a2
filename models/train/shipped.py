"""The network of a model directory again, out of the graph that ships: `flat` and `smooth` undone.

For going on with weights of which nothing but the rounded graph is left. The numbers are those of
the graph, rounding included; the encoder is BERT's. Trains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from models.train.network import Reader
from monitor.adapters.classifier import WEIGHTS

Arrays = Mapping[str, NDArray[np.generic]]


def reader(directory: Path, made: Callable[[], Reader]) -> Reader:
    """The network in `directory`; `made` gives one of its shape, whose weights are overwritten."""
    graph = onnx.load(str(directory / WEIGHTS)).graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    network = made().eval()
    with torch.no_grad():
        _fill(network, arrays)
    return network


def _fill(network: Reader, arrays: Arrays) -> None:
    embeddings = network.encoder.embeddings
    for name, part in (
        ("tokens", embeddings.word_embeddings),
        ("places", embeddings.position_embeddings),
        ("segments", embeddings.token_type_embeddings),
        ("norm", embeddings.LayerNorm),
        ("words", network.words),
    ):
        _copy(part, arrays, name)
    for number, layer in enumerate(network.encoder.encoder.layer):
        _layer(layer, arrays, f"layers.{number}")
    for name, part in (("mix", network.mix), ("heads", network.heads)):
        _set(part, *_linear(arrays, name))


def _layer(layer: nn.Module, arrays: Arrays, name: str) -> None:
    attention = layer.attention.self
    weight, bias = _linear(arrays, f"{name}.asked")
    # The graph asks with queries that are scaled already.
    scales = (attention.attention_head_size**0.5, 1.0, 1.0)
    parts = (attention.query, attention.key, attention.value)
    chunks = zip(parts, weight.chunk(3), bias.chunk(3), scales, strict=True)
    for part, some, offset, scale in chunks:
        _set(part, some * scale, offset * scale)
    _set(layer.attention.output.dense, *_linear(arrays, f"{name}.given"))
    _set(layer.intermediate.dense, *_linear(arrays, f"{name}.up"))
    _set(layer.output.dense, *_linear(arrays, f"{name}.down"))
    _copy(layer.attention.output.LayerNorm, arrays, f"{name}.attended")
    _copy(layer.output.LayerNorm, arrays, f"{name}.done")


def _linear(arrays: Arrays, name: str) -> tuple[Tensor, Tensor]:
    """Weight, shape (outputs, inputs), and bias; what divides the input first is put into it."""
    inside = f"{name}.linear" if f"{name}.linear.bias" in arrays else name
    weight = _array(arrays, f"{inside}.weight").T
    if f"{name}.inverse" in arrays:
        weight = weight * _array(arrays, f"{name}.inverse")
    return weight, _array(arrays, f"{inside}.bias")


def _array(arrays: Arrays, name: str) -> Tensor:
    """Numbers by name, as they are or rounded to int8."""
    if name in arrays:
        return torch.tensor(arrays[name])
    # Newer tools name what they have transposed so; older ones transposed it as well.
    found = next(each for each in (name, f"{name}_Transposed") if f"{each}_quantized" in arrays)
    rounded, zero = arrays[f"{found}_quantized"], arrays[f"{found}_zero_point"]
    steps = rounded.astype(np.float32) - zero.astype(np.float32)
    return torch.tensor(steps * arrays[f"{found}_scale"])


def _copy(part: nn.Module, arrays: Arrays, name: str) -> None:
    for each, numbers in part.named_parameters():
        numbers.copy_(_array(arrays, f"{name}.{each}"))


def _set(part: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    part.weight.copy_(weight)
    part.bias.copy_(bias)
