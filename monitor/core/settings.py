"""Settings as frozen values: what config.toml says, once it is known to be right.

Does not read files or the environment (`monitor.config` does), nor resolve secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from monitor.core.types import Level


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """Who is watched and how it is recognised."""

    name: str
    description: str = ""
    #: Whole words, case-folded, any script.
    aliases: tuple[str, ...] = ()
    #: Candidates only: the classifier decides.
    ambiguous: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    #: Hosts ("united.com") and accounts ("@united") of the brand itself.
    owned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceSettings:
    """Where mentions come from."""

    name: str
    kind: str
    #: http(s) address, or an absolute path for a local feed.
    url: str
    every: timedelta
    #: None: everything found at the first poll may alert ("all").
    backfill: timedelta | None = timedelta(hours=24)
    #: Empty: all brands.
    brands: tuple[str, ...] = ()
    assume_brand: bool = False
    #: Followed live too, beside its polls.
    stream: bool = False
    #: Names to search for, each by itself; empty for a kind that does not search.
    query: tuple[str, ...] = ()
    #: What the source asks of who wants to read it.
    token: Secret | None = None
    #: A person has agreed to the terms that this kind of source shows.
    accept_terms: bool = False
    #: The published limit of this kind of source: it is never asked more often.
    floor: timedelta = timedelta(0)

    @property
    def pace(self) -> timedelta:
        """How often it is asked: as configured, within the source's own limit."""
        return max(self.every, self.floor)


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookSettings:
    """Who is told. `url` and `secrets` are references or literals and are never logged."""

    name: str
    url: Secret
    #: Newest first; several while a secret is rotated.
    secrets: tuple[Secret, ...] = ()
    format: str = "standard"
    min_level: Level = Level.WARNING
    brands: tuple[str, ...] = ()
    events: tuple[str, ...] = ("incident.*",)
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that must not be shown; `reveal()` is the one way to it."""

    _value: str = field(repr=False)
    #: "env:NAME", "file:PATH" or "" for a literal: safe to show.
    reference: str = ""

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        return self.reference or "***"

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A daily span in which only critical alerts go out; `zone` is an IANA name."""

    #: Minutes after local midnight; `end` may lie before `start` (over midnight).
    start: int
    end: int
    zone: str


#: Names of days as they are written, in the order of `datetime.weekday`.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Hours that come again each week; equal ends are a whole day."""

    hours: QuietHours
    #: Days on which it begins, 0 is Monday; empty: each day.
    days: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSilence:
    """What `monitor silence` asks for, as the configuration says it: one span, or windows."""

    name: str
    reason: str
    #: None: all brands.
    brand: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationStep:
    """Who is told when nobody acknowledged for `after`."""

    after: timedelta
    webhooks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertSettings:
    """When an incident deserves a leader's attention."""

    watch: float = 0.25
    warning: float = 0.5
    critical: float = 0.8
    acknowledge_within: timedelta = timedelta(minutes=15)
    repeat_after: timedelta = timedelta(hours=4)
    #: What is known, a first statement, and news for those who wait; None: not asked for.
    facts_within: timedelta | None = timedelta(minutes=15)
    statement_within: timedelta | None = timedelta(hours=1)
    update_every: timedelta | None = timedelta(hours=4)
    quiet_hours: tuple[QuietHours, ...] = ()
    #: Pages per brand and the span they are meant for: `tune` solves for it, `status` counts.
    budget: tuple[int, timedelta] = (3, timedelta(weeks=1))
    escalation: tuple[EscalationStep, ...] = ()

    def threshold(self, level: Level) -> float:
        """Risk at which a story reaches `level`; 0 for quiet."""
        return (0.0, self.watch, self.warning, self.critical)[level]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The whole of config.toml."""

    database: Path
    model: Path
    contact: str = ""
    #: (host, port), or None when turned off.
    http: tuple[str, int] | None = ("127.0.0.1", 8300)
    #: "host" or "host:port".
    allow_private_hosts: tuple[str, ...] = ()
    retention: timedelta = timedelta(days=400)
    public_url: str = ""
    push_token: Secret | None = None
    #: None: no heartbeat.
    heartbeat: timedelta | None = timedelta(hours=24)
    brands: tuple[Brand, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()
    alerts: AlertSettings = field(default_factory=AlertSettings)
    silences: tuple[PlannedSilence, ...] = ()
    #: The file this came from.
    path: Path | None = None

    def brand(self, name: str) -> Brand:
        """`KeyError` for a brand that is not configured."""
        for brand in self.brands:
            if brand.name == name:
                return brand
        raise KeyError(name)

    def webhook(self, name: str) -> WebhookSettings | None:
        return next((hook for hook in self.webhooks if hook.name == name), None)

    def source(self, name: str) -> SourceSettings | None:
        return next((source for source in self.sources if source.name == name), None)
