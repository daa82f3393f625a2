"""The inbox page: cards and an overview -> HTML. Everything is escaped; nothing is fetched.

Does not collect what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.core.brief import moment
from monitor.desk.cards import Card
from monitor.desk.overview import Overview


def inbox_page(
    cards: Sequence[Card], *, overview: Overview | None, now: datetime, nonce: str
) -> str:
    """Render `/inbox`; `overview` None: it could not be read. `nonce` guards style and script."""
    return ENVIRONMENT.get_template("inbox.html").render(
        cards=cards, overview=overview, now=now, nonce=nonce
    )


def policy(nonce: str) -> str:
    """The Content-Security-Policy of the page: its own style and script, itself, nothing else."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def distance(at: datetime, now: datetime) -> str:
    """How far a time is from now: "in 12 min", "3 h ago"."""
    seconds = (at - now).total_seconds()
    if abs(seconds) < 60:
        return "now"
    shown = _span(abs(seconds))
    return f"in {shown}" if seconds > 0 else f"{shown} ago"


def _span(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 60:.0f} min"


def percent(share: float) -> str:
    """A probability: never quite none, never quite all."""
    if 0 < share < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=moment, distance=distance, percent=percent)
    return environment


ENVIRONMENT = _environment()
