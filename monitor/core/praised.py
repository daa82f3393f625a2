"""The weekly digest of praise in words, from the JSON of its event: a line for each brand.

Does not count or choose the stories (see `digest`), and does not escape for any receiver.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.core import fields
from monitor.core.brief_lines import Line
from monitor.core.fields import Table
from monitor.core.humanize import counted, moment
from monitor.core.plaintext import clip

_NAME_CHARS = 40
_LINE_CHARS = 300
_SHOWN_BRANDS = 6
_SHOWN_DRIVERS = 3


def lines(data: Table) -> tuple[Line, ...]:
    """The week, then each brand; none for an event of another shape."""
    brands = fields.rows(data, "brands")
    since, until = (fields.moment_at(data, key) for key in ("since", "until"))
    week = (Line("Week", f"{moment(since)} to {moment(until)}"),) if since and until else ()
    more = len(brands) - _SHOWN_BRANDS
    rest = (Line("And", f"{counted(more, 'brand')} more"),) if more > 0 else ()
    told = tuple(_line(one) for one in brands[:_SHOWN_BRANDS])
    return (*week, *told, *rest) if told else ()


def names(data: Table) -> str:
    """The brands that were praised: three, and how many more there are."""
    praised = (one for one in fields.rows(data, "brands") if fields.count(one, "praise"))
    found = [clip(fields.text(one, "brand"), _NAME_CHARS) for one in praised]
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"{', '.join(found[:3])}{more}"


def stories(data: Table) -> tuple[Table, ...]:
    """What was told, the first of each brand before the second of any."""
    told = [fields.rows(one, "stories") for one in fields.rows(data, "brands")]
    most = max(map(len, told), default=0)
    return tuple(those[place] for place in range(most) for those in told if place < len(those))


def size(story: Table) -> str:
    """How far a story went: 4 posts, 3,000 likes; empty: one post, and nothing counted on it."""
    posts, likes, reposts = (fields.count(story, key) for key in ("posts", "likes", "reposts"))
    counts = ((posts * (posts > 1), "post"), (likes, "like"), (reposts, "repost"))
    return ", ".join(counted(count, noun) for count, noun in counts if count)


def _line(brand: Table) -> Line:
    said = " ".join(filter(None, (_balance(brand), _drivers(brand))))
    label = clip(fields.text(brand, "brand"), _NAME_CHARS) or "A brand"
    return Line(label, clip(said, _LINE_CHARS))


def _balance(brand: Table) -> str:
    praise, complaint = (fields.count(brand, key) for key in ("praise", "complaint"))
    share, change = (fields.number(brand, key) for key in ("share", "change"))
    said = f"{counted(praise, 'post')} of praise, {counted(complaint, 'complaint')}"
    part = "" if share is None else f": {100 * share:.0f} % praise"
    if change is None or not round(100 * change):
        return f"{said}{part}."
    points = counted(abs(round(100 * change)), "point")
    return f"{said}{part}, {points} {'more' if change > 0 else 'less'} than the week before."


def _drivers(brand: Table) -> str:
    praised = [(fields.count(one, "praise"), one) for one in fields.rows(brand, "drivers")]
    best = sorted((each for each in praised if each[0]), key=lambda each: -each[0])
    named = ", ".join(_driver(count, one) for count, one in best[:_SHOWN_DRIVERS])
    return f"Praised: {named}." if named else ""


def _driver(count: int, one: Table) -> str:
    return f"{clip(fields.text(one, 'name'), _NAME_CHARS)} ({count:,})"


def brief(data: Table) -> Iterator[str]:
    """What stands on a phone: the first brand, and the first story."""
    brands = [one for one in fields.rows(data, "brands") if fields.count(one, "praise")]
    for one in brands[:1]:
        yield f"{fields.text(one, 'brand')}: {_balance(one)}"
    for story in stories(data)[:1]:
        yield f"\u201c{fields.text(story, 'text')}\u201d"
