"""The shape of config.toml: keys, types and single values, checked by pydantic.

Does not check what needs two keys at once (see `rules`), nor resolve `env:` and `file:`.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config import spans
from monitor.core.addresses import names_host
from monitor.core.fields import web_url
from monitor.core.humanize import UNITS
from monitor.core.settings import QuietHours, Window
from monitor.core.types import LEVELS, Level

#: A century: a longer span leads off the calendar.
LONGEST = timedelta(days=36_500)
_SPANS = {"day": timedelta(days=1), "week": timedelta(weeks=1), "month": timedelta(days=30)}


def duration(text: object) -> timedelta:
    """`"90s"`, `"5m"`, `"24h"`, `"400d"`."""
    match = re.fullmatch(r"(\d{1,9})([smhd])", text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'should be a duration such as "30s", "5m", "24h" or "7d", not {text!r}')
    seconds = int(match[1]) * UNITS[match[2]]
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"should be at most {LONGEST.days}d, not {text!r}")
    return timedelta(seconds=seconds)


def _positive(span: timedelta) -> timedelta:
    if span < timedelta(seconds=1):
        raise ValueError("should be at least 1s")
    return span


def _backfill(text: object) -> timedelta | None:
    return None if text == "all" else duration(text)


def _or_off(text: object) -> timedelta | None:
    return None if text == "" else _positive(duration(text))


def _address(text: object) -> tuple[str, int] | None:
    if text == "":
        return None
    match = re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})", str(text))
    if match is None or int(match[2]) > 65_535:
        raise ValueError(f'should be "host:port", or "" to turn it off, not {text!r}')
    return match[1].strip("[]"), int(match[2])


def _private_host(text: str) -> str:
    """A host, with or without a port: what is neither would allow none, in silence."""
    if not names_host(f"//{_bracketed(text.strip())}", alone=True):
        raise ValueError(
            f'should be a host or "host:port", without scheme, path or range, not {text!r}'
        )
    return text.strip()


def _bracketed(host: str) -> str:
    return f"[{host}]" if host.count(":") > 1 and not host.startswith("[") else host


def _level(text: object) -> Level:
    if text not in LEVELS:
        raise ValueError(f"should be one of {', '.join(LEVELS)}, not {text!r}")
    return Level.parse(str(text))


def pages(text: object) -> tuple[int, timedelta]:
    """Pages a span; `ValueError` says what it should look like."""
    match = re.fullmatch(r"(\d{1,6})/(day|week|month)", text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'should be pages a span, such as "3/week", not {text!r}')
    return int(match[1]), _SPANS[match[2]]


def written_pages(count: int, span: timedelta) -> str:
    """The other way round: what `pages` reads so."""
    return f"{count}/{next(name for name, length in _SPANS.items() if length == span)}"


def _public_url(text: str) -> str:
    if text and web_url(text) is None:
        raise ValueError(f"should be an http or https address, not {text!r}")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("should not be empty")
    return text


Duration = Annotated[timedelta, BeforeValidator(duration), AfterValidator(_positive)]
#: "" turns it off.
MaybeDuration = Annotated[timedelta | None, BeforeValidator(_or_off)]
Name = Annotated[str, AfterValidator(_not_blank)]
Names = list[Name]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MonitorTable(_Table):
    database: Name = "monitor.db"
    contact: str = ""
    model: str = ""
    http: Annotated[tuple[str, int] | None, BeforeValidator(_address)] = ("127.0.0.1", 8300)
    allow_private_hosts: list[Annotated[str, AfterValidator(_private_host)]] = []
    retention: Duration = timedelta(days=400)
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    push_token: str = ""
    heartbeat: MaybeDuration = timedelta(hours=24)


class BrandTable(_Table):
    name: Name
    description: str = ""
    aliases: Names = []
    ambiguous: Names = []
    exclude: Names = []
    owned: Names = []


class SourceTable(_Table):
    name: Name
    kind: Name = "feed"
    url: str = ""
    every: Duration = timedelta(minutes=5)
    backfill: Annotated[timedelta | None, BeforeValidator(_backfill)] = timedelta(hours=24)
    brands: Names = []
    assume_brand: bool = False
    query: Names = []
    token: str = ""
    stream: bool = False
    accept_terms: bool = False


class WebhookTable(_Table):
    name: Name
    #: Empty: the default of the format, if it has one.
    url: str = ""
    secret: str | Names = ""
    format: Name = "standard"
    min_level: Annotated[Level, BeforeValidator(_level)] = Level.WARNING
    brands: Names = []
    events: Names = ["incident.*"]
    fallback: str = ""

    @property
    def given_secrets(self) -> tuple[str, ...]:
        """One or several may be given; an empty one is none."""
        texts = (self.secret,) if isinstance(self.secret, str) else self.secret
        return tuple(filter(None, texts))


class AlertsTable(_Table):
    watch: float = 0.25
    warning: float = 0.5
    critical: float = 0.8
    acknowledge_within: Duration = timedelta(minutes=15)
    repeat_after: Duration = timedelta(hours=4)
    facts_within: MaybeDuration = timedelta(minutes=15)
    statement_within: MaybeDuration = timedelta(hours=1)
    update_every: MaybeDuration = timedelta(hours=4)
    quiet_hours: list[Annotated[QuietHours, BeforeValidator(spans.quiet_hours)]] = []
    budget: Annotated[tuple[int, timedelta], BeforeValidator(pages)] = (3, timedelta(weeks=1))


class EscalationTable(_Table):
    after: Duration
    webhooks: Annotated[Names, Field(min_length=1)]


class SilenceTable(_Table):
    name: Name
    reason: Name
    #: Empty: all brands.
    brand: str = ""
    starts_at: Annotated[datetime | None, BeforeValidator(spans.moment)] = Field(
        default=None, alias="from"
    )
    until: Annotated[datetime | None, BeforeValidator(spans.moment)] = None
    hours: list[Annotated[Window, BeforeValidator(spans.window)]] = []


class File(_Table):
    """All of config.toml."""

    monitor: MonitorTable = MonitorTable()
    brands: list[BrandTable] = []
    sources: list[SourceTable] = []
    webhooks: list[WebhookTable] = []
    alerts: AlertsTable = AlertsTable()
    escalation: list[EscalationTable] = []
    silences: list[SilenceTable] = []
