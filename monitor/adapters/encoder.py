"""Readings to token ids, with a transformers tokenizer: what the network of `classifier` is given.

Runs no network. transformers is imported only by `Encoder.load`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from monitor.core.reading import focus, kept_tokens, positions, subject
from monitor.core.types import Reading
from monitor.errors import ModelError

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """One input of the network: token ids, and 0 or 1 for the segment each belongs to."""

    ids: tuple[int, ...]
    segments: tuple[int, ...]


class Encoder:
    """Turns readings into token ids: `[CLS] subject [SEP] text [SEP]`.

    A text is never read as a special token: "[SEP]" in it is five characters like any others.
    """

    def __init__(self, tokenizer: Any, *, max_tokens: int, max_subject: int) -> None:
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._max_subject = max_subject

    @classmethod
    def load(cls, directory: Path, *, max_tokens: int, max_subject: int) -> Self:
        """Read the tokenizer of a model directory; `ModelError` names the file that fails."""
        # No PyTorch is the normal state here, not worth a line on stderr.
        os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        needed(directory / TOKENIZER)
        from transformers import AutoTokenizer  # noqa: PLC0415 heavy

        try:
            tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
        except Exception as error:
            # The tokenizers library raises bare Exception for a broken file.
            raise ModelError(f"{directory / TOKENIZER}: cannot be read: {error}") from error
        tokenizer.model_max_length = 10**9
        return cls(tokenizer, max_tokens=max_tokens, max_subject=max_subject)

    def encode(self, reading: Reading) -> Tokens:
        """Token ids and segment numbers of one reading, at most `max_tokens` of each."""
        text = focus(reading.text, reading.brand)
        tokens = self._tokenizer(
            [subject(reading), text],
            add_special_tokens=False,
            split_special_tokens=True,
            return_offsets_mapping=True,
        )
        first = tokens["input_ids"][0][: self._max_subject]
        second = tokens["input_ids"][1]
        room = self._max_tokens - len(first) - 3
        if len(second) > room:
            hits = _tokens_at(tokens["offset_mapping"][1], positions(text, reading.brand))
            second = [second[place] for place in kept_tokens(len(second), hits, room)]
        cls, sep = self._tokenizer.cls_token_id, self._tokenizer.sep_token_id
        return Tokens(
            ids=(cls, *first, sep, *second, sep),
            segments=(0,) * (len(first) + 2) + (1,) * (len(second) + 1),
        )


def _tokens_at(offsets: Sequence[tuple[int, int]], starts: Any) -> list[int]:
    """Which tokens begin at or right after each character position, ascending."""
    hits, place = [], 0
    for start in starts:
        while place < len(offsets) and offsets[place][1] <= start:
            place += 1
        hits.append(min(place, len(offsets) - 1))
    return hits


def needed(path: Path) -> Path:
    """The path of a file that is there; `ModelError` names one that is not."""
    if not path.is_file():
        raise ModelError(f"{path}: no such file; `make train` makes a model directory")
    return path
