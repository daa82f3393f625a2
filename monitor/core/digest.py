"""The week in what people like and dislike: praise with its story, and drivers with their change.

A mention counts once for each driver it speaks of (see `drivers`). Praise and complaint are what
the classifier called so. Does not read the database.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.drivers import DRIVERS
from monitor.core.event import iso
from monitor.core.humanize import moment
from monitor.core.paper import Paper, Section
from monitor.core.places import place_of
from monitor.core.plaintext import clip
from monitor.core.praised import size
from monitor.core.settings import Brand

MOST_STORIES = 5
_STORY_CHARS = 280
_UNTOLD = "Nobody told of good service."
_NOTE = "Praise is good service told as a story; kind words without one are not counted."


@dataclass(frozen=True, kw_only=True, slots=True)
class Opinion:
    """One mention with what was read of it."""

    brand: str
    at: datetime
    source: str
    author: str | None
    url: str | None
    text: str
    #: Probabilities.
    praise: float
    complaint: float
    #: The same words were said before: it counts, and is not quoted again.
    is_copy: bool = False
    #: What tells the same is one story; None: it is told here alone.
    story: int | None = None
    #: How many posts tell it, and what was counted on them at most.
    posts: int = 1
    likes: int = 0
    reposts: int = 0

    @property
    def is_praise(self) -> bool:
        return self.praise >= 0.5

    @property
    def is_complaint(self) -> bool:
        return self.complaint >= 0.5 and not self.is_praise


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """Praise against complaint, now and the week before."""

    name: str
    praise: int
    complaint: int
    praise_before: int = 0
    complaint_before: int = 0

    @property
    def share(self) -> float | None:
        """Of praise among both, 0 to 1; None: neither was heard."""
        return _share(self.praise, self.complaint)

    @property
    def change(self) -> float | None:
        """Of the share since the week before; None if either cannot be said."""
        before = _share(self.praise_before, self.complaint_before)
        return None if self.share is None or before is None else self.share - before


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """One brand."""

    brand: str
    total: Balance
    drivers: tuple[Balance, ...]
    #: Praise, the surest first.
    stories: tuple[Opinion, ...]
    #: What the brand is called: no place of anything.
    names: tuple[str, ...] = ()


def weeks(
    now: Iterable[Opinion], before: Iterable[Opinion], brands: Iterable[Brand] = ()
) -> tuple[Week, ...]:
    """The week of each brand that was spoken of, by name; `brands` know what else it is called."""
    these, those = list(now), list(before)
    called = {one.name: (one.name, *one.aliases, *one.ambiguous) for one in brands}
    return tuple(
        _week(
            called.get(brand, (brand,)),
            [o for o in these if o.brand == brand],
            [o for o in those if o.brand == brand],
        )
        for brand in sorted({one.brand for one in these})
    )


def paper(found: Sequence[Week], *, since: datetime, until: datetime) -> Paper:
    """The digest for people."""
    sections = [section for week in found for section in _sections(week)]
    quiet = Section(title="Nothing was said", lines=("No mention was read in this week.",))
    return Paper(
        title=f"What people like and dislike, {moment(since)} to {moment(until)}",
        sections=tuple(sections) or (quiet,),
        data=event_data(found, since=since, until=until, stories=MOST_STORIES),
    )


def event_data(
    found: Sequence[Week], *, since: datetime, until: datetime, stories: int
) -> dict[str, object]:
    """The data of praise.digest, with so many stories of each brand."""
    return {
        "since": iso(since),
        "until": iso(until),
        "brands": [_brand(week, stories) for week in found],
    }


def _brand(week: Week, stories: int) -> dict[str, object]:
    return {
        "brand": week.brand,
        "praise": week.total.praise,
        "complaint": week.total.complaint,
        "share": _rounded(week.total.share),
        "change": _rounded(week.total.change),
        "drivers": [
            {
                "name": one.name,
                "praise": one.praise,
                "complaint": one.complaint,
                "share": _rounded(one.share),
                "change": _rounded(one.change),
            }
            for one in week.drivers
        ],
        "stories": [_story(one, week.names) for one in week.stories[:stories]],
    }


def _story(one: Opinion, names: tuple[str, ...]) -> dict[str, object]:
    return {
        "text": clip(one.text, _STORY_CHARS),
        "author": one.author,
        "place": place_of(one.text, names),
        "source": one.source,
        "url": one.url,
        "at": iso(one.at),
        "posts": one.posts,
        "likes": one.likes,
        "reposts": one.reposts,
    }


def _week(names: tuple[str, ...], now: Sequence[Opinion], before: Sequence[Opinion]) -> Week:
    drivers = (
        _balance(name, _of(pattern, now), _of(pattern, before))
        for name, pattern in DRIVERS.items()
    )
    told = sorted(_told_once(one for one in now if one.is_praise), key=_surest)
    return Week(
        brand=names[0],
        names=names,
        total=_balance("all", now, before),
        drivers=tuple(
            sorted((d for d in drivers if d.praise + d.complaint), key=lambda d: -_loudness(d))
        ),
        stories=tuple(told[:MOST_STORIES]),
    )


def _told_once(praise: Iterable[Opinion]) -> Iterator[Opinion]:
    """Each story in the words of its surest teller, with its size."""
    stories = defaultdict[int, list[Opinion]](list)
    for place, one in enumerate(praise, start=1):
        stories[-place if one.story is None else one.story].append(one)
    for told in stories.values():
        # A copy shows the counts of what it copies.
        if own := [one for one in told if not one.is_copy]:
            yield replace(
                min(own, key=_surest),
                posts=len(told),
                likes=sum(one.likes for one in own),
                reposts=sum(one.reposts for one in own),
            )


def _surest(one: Opinion) -> tuple[float, datetime]:
    return -one.praise, one.at


def _loudness(one: Balance) -> int:
    return one.praise + one.complaint


def _of(pattern: re.Pattern[str], opinions: Iterable[Opinion]) -> list[Opinion]:
    return [one for one in opinions if pattern.search(one.text)]


def _balance(name: str, now: Iterable[Opinion], before: Iterable[Opinion]) -> Balance:
    these, those = list(now), list(before)
    return Balance(
        name=name,
        praise=sum(one.is_praise for one in these),
        complaint=sum(one.is_complaint for one in these),
        praise_before=sum(one.is_praise for one in those),
        complaint_before=sum(one.is_complaint for one in those),
    )


def _sections(week: Week) -> list[Section]:
    told = [_quoted(one, week.names) for one in week.stories]
    rows = tuple(_row(one) for one in (week.total, *week.drivers))
    columns = ("driver", "praise", "complaints", "share of praise", "since last week")
    return [
        Section(title=f"{week.brand}: praised", lines=tuple(told) or (_UNTOLD,)),
        Section(title=f"{week.brand}: by driver", lines=(_NOTE,), columns=columns, rows=rows),
    ]


def _quoted(one: Opinion, names: tuple[str, ...]) -> str:
    story = _story(one, names)
    said = f"\u201c{story['text']}\u201d"
    where = ", ".join(str(part) for part in (story["place"], one.source) if part)
    spread = f" ({told})" if (told := size(story)) else ""
    link = f" {one.url}" if one.url else ""
    return f"{said} \u2013 {one.author or 'somebody'}, {where}, {moment(one.at)}{spread}{link}"


def _row(one: Balance) -> tuple[str, ...]:
    share = "" if one.share is None else f"{100 * one.share:.0f} %"
    change = "" if one.change is None else f"{100 * one.change:+.0f} points"
    return one.name, str(one.praise), str(one.complaint), share, change


def _share(praise: int, complaint: int) -> float | None:
    return praise / (praise + complaint) if praise + complaint else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
