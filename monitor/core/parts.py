"""Parts of a risk, rounded so that they still add up to it exactly.

Does not weigh anything (see `risk`).
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.core.types import Part

_DIGITS = 4
_UNIT = 10**_DIGITS
MAX_PARTS = 11


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
    return Part(name=part.name, value=units / _UNIT, sentence=part.sentence)


def _other(units: int) -> Part:
    return Part(name="other", value=units / _UNIT, sentence="What the other parts do not explain.")
