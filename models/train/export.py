"""The trained network as ONNX: fp32 first, then int8 with dynamic quantisation.

Knows neither training nor data. The graph takes one unpadded text at a time (`flat`), and is made
to lose little by rounding (`smooth`).
"""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from models.train.flat import Flat
from models.train.network import Reader
from models.train.smooth import smoothed
from monitor.adapters.classifier import LOGITS, VECTOR
from monitor.adapters.encoder import Tokens

OPSET = 17
#: Files of the tokenizer that travel with the model.
TOKENIZER = ("tokenizer.json", "tokenizer_config.json")


def export(model: Reader, folder: Path, *, shown: Sequence[Tokens]) -> Path:
    """Write `model.fp32.onnx` to a folder; `shown` are inputs such as will be read."""
    path = folder / "model.fp32.onnx"
    example = (torch.tensor([[2, 1, 3, 1, 3]]), torch.tensor([[0, 0, 0, 1, 1]]))
    with warnings.catch_warnings():
        # The exporter warns of each branch it traces; the graph is compared with the model below.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            smoothed(Flat(model).eval(), shown),
            example,
            str(path),
            input_names=["input_ids", "token_type_ids"],
            output_names=[LOGITS, VECTOR],
            dynamic_axes={name: {1: "tokens"} for name in ("input_ids", "token_type_ids")},
            opset_version=OPSET,
            dynamo=False,
        )
    return path


def quantise(full: Path, target: Path) -> Path:
    """Weights and word embeddings to int8, one scale per output channel of a matrix.

    What words say of harms stays as it is.
    """
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(
        full,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        nodes_to_exclude=["/words/Gather"],
    )
    return target


def copy_tokenizer(base: Path, folder: Path) -> None:
    """The tokenizer's files, as they are."""
    for name in TOKENIZER:
        shutil.copyfile(base / name, folder / name)
