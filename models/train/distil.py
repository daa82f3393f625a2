"""The teacher reads rows; its raw outputs become part of them. Trains nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models.train.batches import STEP, by_length, padded
from models.train.network import Reader
from models.train.rows import Row
from monitor.adapters.encoder import Encoder, Tokens

_SIZE = 32
Outputs = NDArray[np.float32]


def taught(rows: Sequence[Row], outputs: Outputs) -> list[Row]:
    """The rows with what the teacher says of each."""
    return [
        replace(row, soft=tuple(each)) for row, each in zip(rows, outputs.tolist(), strict=True)
    ]


def kept(path: Path, rows: Sequence[Row], read: Callable[[Sequence[Row]], Outputs]) -> list[Row]:
    """As `taught`, the outputs kept in a file, so that an interrupted run does not read again."""
    if not path.exists():
        outputs = read(rows)
        np.save(path.with_suffix(".new.npy"), outputs)
        path.with_suffix(".new.npy").replace(path)
    return taught(rows, np.load(path))


def outputs(
    teacher: Reader,
    rows: Sequence[Row],
    encoder: Encoder,
    progress: Callable[[int, int, float], None],
) -> Outputs:
    """Raw outputs of the teacher, shape (rows, columns), in the order of the rows."""
    inputs = [encoder.encode(row.reading) for row in rows]
    found = np.zeros((len(rows), teacher.heads.out_features), dtype=np.float32)
    done = 0
    for places in by_length(inputs, _SIZE):
        found[places] = _read(teacher, [inputs[place] for place in places])
        done += len(places)
        progress(done, len(rows), 0.0)
    return found


def _read(teacher: Reader, inputs: Sequence[Tokens]) -> Outputs:
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        logits = teacher.eval()(*padded(inputs, step=STEP))
    read: Outputs = logits.float().numpy()
    return read
