"""Parts of a risk: taken together, and rounded so that they still add up to it exactly.

Does not weigh anything (see `risk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.core.types import Part, Risk

_DIGITS = 4
_UNIT = 10**_DIGITS
MAX_PARTS = 11


class Sum:
    """A running total below 1, cut into parts at four decimals."""

    def __init__(self, *, firmness: float = 1.0) -> None:
        """`firmness` is the share of what is there that may be amplified."""
        self._firmness = firmness
        self._total = self._shown = 0.0
        self._parts: list[Part] = []

    def put(
        self, name: str, value: float, sentence: str, *, measured: float | None = None
    ) -> None:
        """Add `value`, which may be negative; it is shown rounded, so that all parts add up."""
        self._total += value
        shown = round(self._total, _DIGITS)
        # `+ 0.0` turns -0.0 into 0.0.
        part = round(shown - self._shown, _DIGITS) + 0.0
        self._parts.append(Part(name=name, value=part, sentence=sentence, measured=measured))
        self._shown = shown

    def add(self, name: str, share: float, sentence: str) -> None:
        """Take `share` of the room that is left."""
        self.put(name, (1.0 - self._total) * share, sentence)

    def amplify(
        self, name: str, share: float, sentence: str, *, measured: float | None = None
    ) -> None:
        """As `add`, in proportion to what is there already: nothing stays nothing."""
        self.put(name, self._amplified(self._total, share), sentence, measured=measured)

    def confirm(self, name: str, value: float, share: float, sentence: str) -> None:
        """Add `value`, and amplify what there is with it."""
        self.put(name, value + self._amplified(self._total + value, share), sentence)

    def _amplified(self, total: float, share: float) -> float:
        return total * (1.0 - total) * share * self._firmness

    def reduce(self, name: str, share: float, sentence: str, *, least: float = 0.0) -> None:
        """Take `share` of what is there away; of more than `least`, that much is left."""
        left = max(self._total * (1.0 - share), min(self._total, least))
        self.put(name, left - self._total, sentence)

    def risk(self) -> Risk:
        return Risk(value=self._shown, parts=tuple(self._parts))


def exact_parts(parts: Sequence[Part], *, total: float) -> tuple[Part, ...]:
    """Round parts to four decimals whose decimal sum is `total`, rounded the same.

    Largest remainder method: what rounding took or gave goes to the parts it changed most. What
    the parts do not explain at all becomes a part of its own, "other"; so do the smallest of more
    than ten.
    """
    shown, hidden = _largest(parts)
    units = [round(part.value * _UNIT) for part in shown]
    missing = round(total * _UNIT) - sum(units)
    if not hidden and abs(missing) <= len(units):
        _spread(missing, units, [part.value * _UNIT for part in shown])
        missing = 0
    rounded = [_with_value(part, unit) for part, unit in zip(shown, units, strict=True)]
    return (*rounded, _other(missing)) if missing or hidden else tuple(rounded)


def _largest(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part]]:
    if len(parts) <= MAX_PARTS - 1:
        return parts, ()
    by_size = sorted(parts, key=lambda part: abs(part.value), reverse=True)
    kept = {id(part) for part in by_size[: MAX_PARTS - 1]}
    return (
        [part for part in parts if id(part) in kept],
        [part for part in parts if id(part) not in kept],
    )


def _spread(missing: int, units: list[int], exact: Sequence[float]) -> None:
    step = 1 if missing > 0 else -1
    most_changed = sorted(range(len(units)), key=lambda at: step * (units[at] - exact[at]))
    for at in most_changed[: abs(missing)]:
        units[at] += step


def _with_value(part: Part, units: int) -> Part:
    return replace(part, value=units / _UNIT)


def _other(units: int) -> Part:
    return Part(name="other", value=units / _UNIT, sentence="What the other parts do not explain.")
