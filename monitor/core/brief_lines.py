"""Five lines that a leader can read on a phone, from the JSON of an incident event.

What is alleged; how many say it and where; how fast it grows and how big it may be by when; what
is known and what is not; what is due next and when. Every number stands in the event's data or is
one step from it (a rate, a share). Does not judge, and does not escape for any receiver.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core import fields
from monitor.core.brief import allegation, gravity
from monitor.core.bygone import long_past
from monitor.core.duties import is_asked
from monitor.core.early import caution
from monitor.core.fields import Table
from monitor.core.humanize import counted, is_sure, lasting, moment, percent
from monitor.core.milestones import denials
from monitor.core.plaintext import clip
from monitor.core.risk_words import PERHAPS_THERE
from monitor.core.types import OVER, Level

LINE_CHARS = 320
_NAME_CHARS = 40
_SHOWN_NAMES = 3
#: First-hand evidence of the best post from which somebody was there. How much it adds to the risk
#: tells nothing of that: to a story that is grave and well known a witness adds next to nothing.
_WITNESSED = 0.5
#: A rate of less than this is no rate: everything came at about the same time.
_SHORTEST = timedelta(minutes=1)
#: Of what a rate is told: the shortest span in which there are so many. "About 0 a day" is none.
_SPANS = ((1, "an hour"), (24, "a day"), (7 * 24, "a week"))
_A_RATE = 1.5
#: Fewer posts say nothing of a longer time than they took.
_FEWEST = 10
_DUE = {
    "acknowledge_by": "someone takes it on",
    "facts_by": "the facts are together",
    "statement_by": "a public statement",
    "next_update_by": "the next update",
    "update_by": "the next update",
}
#: A message that tells that something is due is made a moment after it fell due.
_AT_ONCE = timedelta(seconds=30)
_ANSWERED = frozenset({"acknowledged", "snoozed"})
#: A moment in the clock that settles what was due.
_SETTLES = {
    "facts_by": ("facts_at", "statement_at"),
    "statement_by": ("statement_at",),
}
#: What the interval counts is less: posts that were seen.
_WITH = "reposts and replies counted"
_HAS = f"It has gone viral, {_WITH}."
_LEVELS = {level.label: level for level in Level}


@dataclass(frozen=True, slots=True)
class Line:
    """One of the five: a word in front, and what it says."""

    label: str
    text: str


def brief_lines(data: Table, *, at: datetime | None) -> tuple[Line, ...]:
    """The five lines of an event made at `at`; a field that is missing is not spoken of."""
    incident = fields.table(data, "incident")
    said = (
        ("Alleged", _alleged(data, incident)),
        ("Who and where", _extent(data, incident)),
        ("Growth", _growth(data, incident, at)),
        ("Known", known(data)),
        ("Next", _next(data, incident, at)),
    )
    return tuple(Line(label, clip(text, LINE_CHARS)) for label, text in said)


def _alleged(data: Table, incident: Table) -> str:
    if "harms" not in incident:
        return fields.text(data, "brief") or "It is not told what."
    brand = fields.text(incident, "brand")
    said = allegation(brand, fields.words(incident, "harms"))
    return f"{said} {gravity(fields.number(incident, 'severity') or 0.0)}".rstrip()


def _extent(data: Table, incident: Table) -> str:
    if fields.number(incident, "mentions") is None:
        return "It is not told how many."
    posts = counted(fields.count(incident, "mentions"), "post")
    people = fields.count(incident, "authors")
    voices = f"{people:,} people" if people > 1 else "One person" if people else ""
    said = f"{voices} in {posts}" if voices else posts
    copies = fields.count(incident, "reposts")
    passed_on = f" ({copies:,} of them passed on)" if copies else ""
    return f"{said}{passed_on} on {_places(data, incident)}{_since(incident)}."


def _places(data: Table, incident: Table) -> str:
    places = max(1, fields.count(incident, "sources"))
    shown = (fields.text(one, "source") for one in fields.rows(data, "evidence"))
    names = list(dict.fromkeys(clip(name, _NAME_CHARS) for name in shown if name))[:_SHOWN_NAMES]
    if not names:
        return counted(places, "source")
    joined = ", ".join(names)
    return joined if places <= len(names) else f"{counted(places, 'source')}, among them {joined}"


def _since(incident: Table) -> str:
    first = fields.moment_at(incident, "first_seen_at")
    return f"; the first at {moment(first)}" if first else ""


def _growth(data: Table, incident: Table, at: datetime | None) -> str:
    status = fields.text(incident, "status")
    over = f"Nothing more is foreseen: {status}." if status in OVER else ""
    outlook = over or _outlook(fields.table(data, "forecast"), incident, at)
    return " ".join(filter(None, (_pace(incident), outlook)))


def _pace(incident: Table) -> str:
    first = fields.moment_at(incident, "first_seen_at")
    last = fields.moment_at(incident, "last_seen_at")
    posts = fields.count(incident, "mentions")
    if posts < 2 or not first or not last or last - first < _SHORTEST:
        return ""
    hours = (last - first) / timedelta(hours=1)
    said = f"{posts:,} posts in {lasting(last - first)}"
    # Two posts in 90 minutes are not 32 a day.
    spans = [each for each in _SPANS if each[0] <= hours or posts >= _FEWEST]
    rates = ((posts / hours * span, word) for span, word in spans)
    pace = next((f", about {rate:,.0f} {word}" for rate, word in rates if rate >= _A_RATE), "")
    return f"{said}{pace}."


def _outlook(forecast: Table, incident: Table, now: datetime | None) -> str:
    low, high = fields.number(forecast, "p10"), fields.number(forecast, "p90")
    middle, at = fields.number(forecast, "p50"), fields.moment_at(forecast, "at")
    if low is None or middle is None or high is None or at is None:
        return "How big it will be cannot be told yet."
    chance = fields.number(forecast, "viral_probability")
    viral = _viral(chance)
    if now is not None and at <= now:
        # It was made when somebody last spoke of it.
        over = f"The last forecast was for {moment(at)}; nobody spoke of it since it was made."
        return f"{over} {viral}" if viral == _HAS else over
    said = (
        f"By {moment(at)} probably {low:,.0f} to {high:,.0f} posts (right 8 times in 10), "
        f"most likely {middle:,.0f}."
    )
    return " ".join(filter(None, (_caution(incident, now, chance), said, viral)))


def _caution(incident: Table, now: datetime | None, viral: float | None) -> str:
    first, posts = fields.moment_at(incident, "first_seen_at"), fields.number(incident, "mentions")
    if first is None or posts is None or now is None:
        return ""
    return caution(int(posts), first=first, at=now, viral=viral)


def _viral(probability: float | None) -> str:
    if probability is None:
        return ""
    return (
        _HAS
        if is_sure(probability)
        else f"Chance of going viral, {_WITH}: {percent(probability)}."
    )


def known(data: Table, *, counts_posts: bool = True) -> str:
    """What is sure of it, and what is not: never whether it is true.

    Where the posts themselves stand beside it nobody has to be told how many there are.
    """
    texts = len(fields.rows(data, "evidence")) if counts_posts else 0
    sure = "; ".join(_sure(data, fields.table(data, "incident"), texts)) or "little"
    return f"{sure}. Not known: {'; '.join(_unsure(data))}."


def _sure(data: Table, incident: Table, texts: int) -> Iterator[str]:
    firsthand = fields.number(_part(data, "first-hand"), "measured")
    if firsthand is not None:
        yield _witnessed(firsthand)
    if texts:
        yield f"{counted(texts, 'post')} to read with this alert"
    if fields.text(incident, "status") == "acknowledged":
        yield "someone of ours is on it"


def _witnessed(firsthand: float) -> str:
    if firsthand >= _WITNESSED:
        return "someone who was there says or shows it"
    return "perhaps an eyewitness" if firsthand >= PERHAPS_THERE else "no eyewitness so far"


def _unsure(data: Table) -> Iterator[str]:
    said_not = denied(data)
    yield f"whether it is true, for {said_not}" if said_not else "whether it is true"
    if said := _bygone(data):
        yield f"whether it is new, for {said}"
    if (fields.number(_part(data, "credibility"), "value") or 0.0) < 0:
        yield "whether people mean it, for it looks like a campaign"
    coverage = fields.table(data, "coverage")
    stale = fields.count(coverage, "stale_count")
    if stale:
        names = [clip(name, _NAME_CHARS) for name in fields.words(coverage, "stale")]
        named = f" ({', '.join(names[:_SHOWN_NAMES])}{', …' * (stale > _SHOWN_NAMES)})"
        blind = f"what {counted(stale, 'source')} would show that cannot be seen"
        yield f"{blind}{named}" if names else blind


def denied(data: Table) -> str | None:
    """How many of the posts shown say that it is not true, in words; None: none does."""
    texts = [fields.text(one, "text") for one in fields.rows(data, "evidence")]
    return denials(texts, fields.words(fields.table(data, "incident"), "harms"))


def _bygone(data: Table) -> str | None:
    said_at = fields.moment_at(fields.table(data, "incident"), "last_seen_at")
    evidence = fields.rows(data, "evidence")
    if said_at is None:
        return None
    dates = (fields.moment_at(one, "published_at") for one in evidence)
    found = long_past(
        [fields.text(one, "text") for one in evidence],
        year=said_at.year,
        dated=[(date or said_at).year for date in dates],
    )
    return found.said if found else None


def _part(data: Table, name: str) -> Table:
    """The part of the risk that has this name; empty: there is none."""
    parts = fields.rows(data, "why")
    return next((part for part in parts if fields.text(part, "name") == name), {})


def _next(data: Table, incident: Table, at: datetime | None) -> str:
    status = fields.text(incident, "status")
    if status in OVER:
        return f"Nothing is due: {status}."
    clock = [(key, by) for key, by in _clock(data) if _is_asked(key, incident)]
    open_ = [(key, by) for key, by in clock if not _is_done(key, data, status)]
    if not open_:
        return "Nothing is due at a set time."
    return f"{'; '.join(_deadline(key, by, at) for key, by in open_)}."


def _is_asked(key: str, incident: Table) -> bool:
    """Every alert holds all times; a level asks for some alone (see `duties`)."""
    level = _LEVELS.get(fields.text(incident, "level"))
    return level is None or is_asked(key.removesuffix("_by"), level)


def _is_done(key: str, data: Table, status: str) -> bool:
    if key == "acknowledge_by":
        return status in _ANSWERED
    clock = fields.table(data, "clock")
    return any(fields.moment_at(clock, settled) for settled in _SETTLES.get(key, ()))


def _deadline(key: str, by: datetime, at: datetime | None) -> str:
    if at is None:
        return f"{_wanted(key)} by {moment(by)}"
    if abs(by - at) < _AT_ONCE:
        return f"{_wanted(key)}: due now, {moment(by)}"
    if by < at:
        return f"{_wanted(key)}: was due by {moment(by)}, overdue by {lasting(at - by)}"
    return f"{_wanted(key)} by {moment(by)} (in {lasting(by - at)})"


def _clock(data: Table) -> tuple[tuple[str, datetime], ...]:
    clock = fields.table(data, "clock")
    times = ((key, fields.moment_at(clock, key)) for key in clock if key.endswith("_by"))
    return tuple(sorted(((key, at) for key, at in times if at), key=lambda each: each[1]))


def _wanted(key: str) -> str:
    return _DUE.get(key) or clip(key.removesuffix("_by").replace("_", " "), _NAME_CHARS)
