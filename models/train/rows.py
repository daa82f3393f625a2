"""One labelled text, whatever corpus it comes from, and the columns of the network.

Holds no reader and no network. A column that a corpus does not label is missing from
`targets`; its loss is masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from monitor.core.reading import plain
from monitor.core.types import HARMS, Reading

STANCES: Final = ("negative", "neutral", "positive")
BINARY: Final = ("about", "alarm", "complaint", "outrage", "firsthand")
LEVELS: Final = ("severity1", "severity2", "severity3", "severity4")
HARM_COLUMNS: Final = tuple(f"harm_{name}" for name in HARMS)
#: Outputs of the network, in order: five yes/no heads, three of stance, four of severity
#: (at least 1, 2, 3, 4: cumulative logits), fifteen harms.
COLUMNS: Final = (*BINARY, *STANCES, *LEVELS, *HARM_COLUMNS)
#: Heads that are one yes/no question each.
SIGMOIDS: Final = (*BINARY, *LEVELS, *HARM_COLUMNS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A text with what is known of it."""

    #: Folder of the corpus it comes from.
    origin: str
    #: Brand, event or domain: rows of one group are never split between training and calibration.
    group: str
    reading: Reading
    #: Column of `COLUMNS` to 0 or 1; missing ones are not known.
    targets: Mapping[str, float]
    #: Other names of the brand, masked together with it.
    aliases: tuple[str, ...] = ()
    weight: float = 1.0
    #: The teacher's raw outputs, one per column of `COLUMNS`; empty before it has read the row.
    soft: tuple[float, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


def stance(name: str) -> dict[str, float]:
    """Targets of the three stance columns."""
    return {each: float(each == name) for each in STANCES}


def harms(named: Iterable[str], known: Iterable[str] = HARMS) -> dict[str, float]:
    """Targets of the harm columns: those named hold, the other `known` ones do not."""
    present = frozenset(named)
    unknown = present - set(HARMS)
    if unknown:
        raise ValueError(f"no such harm: {', '.join(sorted(unknown))}")
    return {f"harm_{name}": float(name in present) for name in (*known, *present)}


def severity(level: int) -> dict[str, float]:
    """Targets of the four cumulative columns of severity."""
    return {name: float(level >= least) for least, name in enumerate(LEVELS, start=1)}


def calm() -> dict[str, float]:
    """Targets of a text that accuses nobody of anything: no alarm, no harm, severity 0."""
    return {"alarm": 0.0, "complaint": 0.0, "outrage": 0.0} | severity(0) | harms(())


def text_key(text: str) -> str:
    """A short stable key of a text, equal for texts that differ in case or spacing only."""
    return blake2b(plain(text).casefold().encode(), digest_size=8).hexdigest()


def share(key: str) -> float:
    """A fixed number in [0, 1) for a key: for splits that do not hang on order or seed."""
    return int.from_bytes(blake2b(key.encode(), digest_size=6).digest(), "big") / 2**48
