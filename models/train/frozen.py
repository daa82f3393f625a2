"""The pretrained encoder as it comes, without fine-tuning: vectors for a logistic regression.

Mean over the tokens of the same input that the model reads. The vectors are kept under `build/`,
by what was read, so a second run reads only new texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from logging import ERROR
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm
from transformers import AutoModel
from transformers.utils import logging

from models.train.batches import by_length, padded
from models.train.build import SERVED_TOKENS
from models.train.recipe import Recipe
from monitor.adapters.encoder import Encoder, Tokens
from monitor.core.types import Reading

Vectors = NDArray[np.float32]
#: Room as it is served.
MAX_TOKENS, MAX_SUBJECT = SERVED_TOKENS, Recipe().max_subject
_BATCH = 32
#: Texts read between two writings of the cache.
_KEPT_EVERY = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    """Readings to vectors, shape (readings, width); each is read once and kept."""

    encoder: Encoder
    read: Callable[[Sequence[Tokens]], Vectors]
    cache: Path

    @classmethod
    def load(cls, base: Path, cache: Path) -> Self:
        """From the folder of a pretrained encoder; `cache` is a file, there or not."""
        encoder = Encoder.load(base, max_tokens=MAX_TOKENS, max_subject=MAX_SUBJECT)
        model = AutoModel.from_pretrained(base, local_files_only=True, add_pooling_layer=False)
        return cls(encoder=encoder, read=_reader(model.eval()), cache=cache)

    def __call__(self, readings: Sequence[Reading]) -> Vectors:
        """One vector for each."""
        inputs = [self.encoder.encode(reading) for reading in readings]
        keys = [_key(tokens) for tokens in inputs]
        known = _load(self.cache)
        new = {key: tokens for key, tokens in zip(keys, inputs, strict=True) if key not in known}
        for some in tqdm(list(_pieces(new)), disable=None, desc="frozen encoder", unit="4k texts"):
            known |= dict(zip(some, self._vectors([new[key] for key in some]), strict=True))
            _save(self.cache, known)
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _vectors(self, inputs: Sequence[Tokens]) -> Vectors:
        """In the given order, though texts of like length are read together."""
        cuts = by_length(inputs, _BATCH)
        found = np.concatenate([self.read([inputs[place] for place in cut]) for cut in cuts])
        return found[np.argsort(np.concatenate(cuts))].astype(np.float16)


def quiet() -> None:
    """Keep `transformers` from telling that an encoder comes without its pooling layer."""
    logging.set_verbosity(ERROR)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _reader(model: torch.nn.Module) -> Callable[[Sequence[Tokens]], Vectors]:
    def read(inputs: Sequence[Tokens]) -> Vectors:
        ids, _, mask = padded(inputs)
        with torch.inference_mode():
            # One segment: the pretraining for sentences knew no second one.
            states = model(input_ids=ids, attention_mask=mask).last_hidden_state
            vectors: Vectors = ((states * mask[..., None]).sum(1) / mask.sum(1)[:, None]).numpy()
        return vectors

    return read


def _key(tokens: Tokens) -> int:
    ids = np.array(tokens.ids, dtype=np.int32).tobytes()
    return int.from_bytes(blake2b(ids, digest_size=8).digest(), "big")


def _pieces(new: dict[int, Tokens]) -> Iterator[list[int]]:
    keys = list(new)
    yield from (keys[start : start + _KEPT_EVERY] for start in range(0, len(keys), _KEPT_EVERY))


def _load(path: Path) -> dict[int, Vectors]:
    if not path.exists():
        return {}
    with np.load(path) as kept:
        return dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))


def _save(path: Path, known: dict[int, Vectors]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half.npz")
    keys = np.array(list(known), dtype=np.uint64)
    np.savez(half, keys=keys, vectors=np.stack(list(known.values())))
    half.replace(path)
