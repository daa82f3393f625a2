"""The inbox page: cards and an overview -> HTML. Everything is escaped; nothing is fetched.

Does not collect what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.core.humanize import distance, is_sure, moment, percent
from monitor.core.reloading import sentence
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


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=moment, distance=distance, percent=percent, refusal=sentence)
    environment.tests.update(sure=is_sure)
    return environment


ENVIRONMENT = _environment()
