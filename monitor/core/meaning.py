"""What stories mean, as the encoder that judged their texts laid it down: how near two are.

Runs no encoder and decides nothing (see `stories`). A vector comes as its direction alone, one
signed byte a number, from one model: those of two models do not compare. All texts on a brand
lean one way, as its name is in each, so what they have in common is taken off first (Mu and
Viswanath 2018, All-but-the-Top, step one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.core.types import Verdict

Floats = NDArray[np.float32]
#: Nearness where it cannot be told.
UNKNOWN: Final = -1.0
_NOTHING: Final[Floats] = np.zeros(0, dtype=np.float32)
#: The longest number of a packed vector.
_STEPS = 127
#: Shorter than this, what is left of a unit vector is rounding.
_LEAST = 1e-4


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """The direction of one text, and the model whose space it lies in."""

    model: str
    packed: bytes


def meaning_of(verdict: Verdict) -> Meaning | None:
    """What the model that judged a text took it to mean; None if it does not say."""
    return Meaning(model=verdict.model, packed=verdict.vector) if verdict.vector else None


def packed(vector: Floats) -> bytes:
    """The direction of a vector, a signed byte each number; nothing where it has none."""
    longest = np.abs(vector).max(initial=0.0)
    if not 0.0 < longest < np.inf:
        return b""
    steps: NDArray[np.int8] = np.rint(vector * (_STEPS / longest)).astype(np.int8)
    return steps.tobytes()


def unpacked(direction: bytes) -> Floats:
    """As a unit vector."""
    return _units(np.frombuffer(direction, dtype=np.int8).astype(np.float32))


@dataclass(slots=True)
class Mean:
    """The mean of unit vectors of one model, the last one heard of; without any it is empty."""

    model: str = ""
    count: int = 0
    total: Floats = field(default_factory=_NOTHING.copy)

    def add(self, meaning: Meaning) -> None:
        """One more text; the first one of another model starts afresh."""
        self.absorb(Mean(meaning.model, 1, unpacked(meaning.packed)))

    def absorb(self, other: Mean) -> None:
        """All texts of another mean, of one of the same model; else the new model is kept."""
        if not other.count:
            return
        if (self.model, self.total.size) == (other.model, other.total.size):
            self.count += other.count
            self.total = self.total + other.total
        else:
            self.model, self.count, self.total = other.model, other.count, other.total

    def is_of(self, other: Mean) -> bool:
        """Both lie in the same space."""
        return self.count > 0 and (self.model, self.total.size) == (other.model, other.total.size)

    @property
    def middle(self) -> Floats:
        """The mean of the vectors, of any length; `count` must not be 0."""
        return self.total / np.float32(self.count)


def nearness(one: Mean, others: Sequence[Mean], common: Mean) -> Floats:
    """Cosine of one mean with each of others once `common` is taken off all; -1: no telling."""
    found = np.full(len(others), UNKNOWN, dtype=np.float32)
    places = [place for place, other in enumerate(others) if other.is_of(common)]
    if places and one.is_of(common):
        beside = np.stack([others[place].middle for place in places])
        found[places] = _units(beside - common.middle) @ _units(one.middle - common.middle)
    return found


def apart_from(common: Mean, meanings: Sequence[Meaning]) -> Floats:
    """Unit vectors of meanings once `common` is taken off each: a row for each of its model."""
    own = [unpacked(each.packed) for each in meanings if each.model == common.model]
    rows = [vector - common.middle for vector in own if vector.size == common.total.size]
    return _units(np.stack(rows)) if rows else np.zeros((0, common.total.size), dtype=np.float32)


def likeness(some: Floats, others: Floats) -> float:
    """How alike two groups of unit vectors are, -1 to 1; 0 if one of them is empty.

    Half of it is the cosine of their middles, half how near each of the first comes to one of the
    others: a group may speak of more than one thing, and be met in one alone.
    """
    if not some.size or not others.size:
        return 0.0
    middles = float(_units(some.mean(axis=0)) @ _units(others.mean(axis=0)))
    nearest = float((some @ others.T).max(axis=1).mean())
    return (middles + nearest) / 2


def _units(vectors: Floats) -> Floats:
    """Each at length one; what has no direction stays nothing."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units = np.zeros_like(vectors)
    np.divide(vectors, lengths, out=units, where=lengths > _LEAST)
    return units
