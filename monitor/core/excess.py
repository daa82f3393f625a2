"""How much more is said of a brand than usual, and whether a quiet post is part of that.

In the days of a scandal most of what is said of a brand is about it, the share price, the joke and
the worried question too, though it alleges nothing and shares no word with the report. As many
mentions as there are beyond the usual are laid to the incident (as excess deaths are to an
epidemic); a post's words and meaning then say how likely it is one of them. Raises no alarm, and
does not look at what else is alleged (see `kinship`); counts nothing (see `daily`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

from monitor.core.meaning import UNKNOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcessRules:
    """When what is said beyond the usual is laid to an incident."""

    #: Mentions of the last day below which nothing is.
    least: int = 10
    #: Days before the incident that say what is usual, and how many of them must be known.
    days: int = 28
    known: int = 3
    #: Odds from which a post is taken for a part of it: four of five are.
    odds: float = 4.0
    #: Of the log-likelihood ratio that a quiet post of those days tells of the incident: per
    #: cosine of words, per nearness in meaning, and offset (`models.train.measure_excess`).
    told: tuple[float, float, float] = (30.5, 2.23, -0.03)
    #: Words more alike than this say no more.
    alike: float = 0.1


DEFAULT = ExcessRules()


def excess(heard: float, usual: float) -> float:
    """Odds that a mention of a day with `heard` is beyond what is usual, however it varies."""
    most = max(1.0, usual + sqrt(usual))
    return max(0.0, heard / most - 1.0)


def part_of(
    heard: float,
    usual: float | None,
    *,
    share: float,
    alike: float,
    near: float,
    rules: ExcessRules = DEFAULT,
) -> float:
    """Odds that a quiet post is part of an incident; 0 if too little is said or known.

    `heard` are the brand's mentions of the last day, `share` is the incident's of all in loud
    incidents; `alike` the cosine of words, 0 to 1, `near` the nearness in meaning, -1 to 1.
    """
    if usual is None or heard < rules.least or near == UNKNOWN:
        return 0.0
    words, meaning, offset = rules.told
    ratio = exp(words * min(alike, rules.alike) + meaning * near + offset)
    return share * excess(heard, usual) * ratio
