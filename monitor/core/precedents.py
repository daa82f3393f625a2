"""Well-known cases of brands in trouble, as their files tell them. Values only.

Read by `monitor.config.library`, compared with incidents by `resemblance`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: How a case came to be known that a camera made known.
FILMED = "video"


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where a fact of a case can be read."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One date of a case."""

    #: "2017-04-09", "2013-12" or "2009".
    date: str
    #: "happened", "said" (by its leaders) or "followed".
    kind: str
    text: str
    source: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Precedent:
    """A well-known case, as its file tells it."""

    id: str
    title: str
    company: str
    year: int
    sector: str
    #: What happened, what its leaders said, what followed.
    summary: str
    response: str
    outcome: str
    lesson: str
    well_handled: bool
    #: How much each harm belongs to it, 0 to 1.
    harms: Mapping[str, float]
    #: 0 to 4, see the label guide.
    severity: float
    came_out: str
    #: Words by which a brand of the same trade describes itself.
    sectors: frozenset[str]
    #: How people would tell a thing of its kind; invented, without names.
    told: tuple[str, ...]
    timeline: tuple[Moment, ...]
    sources: tuple[Source, ...]
