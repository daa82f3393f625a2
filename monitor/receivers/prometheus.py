"""An event as an alert of Prometheus: labels, annotations, when it starts and ends.

Does not build requests: "alertmanager" and "alertmanager-api" do, in their shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core import fields
from monitor.core.fields import Table
from monitor.core.notice import Notice
from monitor.core.types import LEVELS, OVER

INCIDENT = "BrandIncident"
_NAMES = {
    "source.blind": "BrandSourceBlind",
    "source.recovered": "BrandSourceBlind",
    "statement.seen": "BrandStatementSeen",
    "monitor.heartbeat": "BrandMonitorHeartbeat",
    "praise.digest": "BrandPraiseDigest",
    "webhook.test": "BrandMonitorTest",
}
#: Nothing refreshes an alert of an incident that is being worked on: it fires until it is over,
#: or for so long (the monitor itself may be gone).
LASTS = timedelta(days=30)
#: What tells of a moment is over soon; a heartbeat when the next one is a day late.
_BRIEFLY = timedelta(hours=1)
_BEAT = timedelta(hours=48)
#: FNV-1a of 64 bits: https://www.rfc-editor.org/rfc/rfc9923, as prometheus/common uses it.
_FNV_OFFSET, _FNV_PRIME, _FNV_MASK = 0xCBF29CE484222325, 0x100000001B3, 2**64 - 1
_SEPARATOR = b"\xff"

Labels = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One alert; `ends_at` is when it stops firing, or stopped."""

    #: When the event happened.
    at: datetime
    #: The same over the life of an incident: what Alertmanager groups by.
    group: Labels
    #: Those of the group, and the severity.
    labels: Labels
    annotations: Labels
    starts_at: datetime
    ends_at: datetime
    firing: bool
    url: str


def alert(shown: Notice, data: Table, *, now: datetime) -> Alert:
    """The alert of an event; `now` stands in for a time that the event does not say."""
    at = shown.at or now
    group = _group(shown, data)
    firing = not is_over(shown)
    starts = fields.moment_at(fields.table(data, "incident"), "opened_at") if _told(shown) else at
    return Alert(
        at=at,
        group=group,
        labels={**group, "severity": _severity(shown)},
        annotations=_annotations(shown),
        starts_at=min(starts or at, at),
        ends_at=at + _lasts(shown) if firing else at,
        firing=firing,
        url=shown.page,
    )


def is_over(shown: Notice) -> bool:
    return shown.type == "source.recovered" or (_told(shown) and shown.status in OVER)


def other_severities(labels: Labels) -> tuple[Labels, ...]:
    """The labels that the alert has at other levels: to Alertmanager, other alerts."""
    return tuple({**labels, "severity": each} for each in LEVELS if each != labels["severity"])


def fingerprint(labels: Labels) -> str:
    """As Prometheus computes it: FNV-1a over the names, sorted, and values."""
    parts = (part for name in sorted(labels) for part in (name, labels[name]))
    data = b"".join(part.encode() + _SEPARATOR for part in parts)
    digest = _FNV_OFFSET
    for byte in data:
        digest = (digest ^ byte) * _FNV_PRIME & _FNV_MASK
    return f"{digest:016x}"


def _told(shown: Notice) -> bool:
    return shown.type.startswith("incident.")


def _group(shown: Notice, data: Table) -> Labels:
    """A label with an empty value is the same as none, so it is left out."""
    labels = {
        "alertname": INCIDENT if _told(shown) else _NAMES.get(shown.type, "BrandMonitorEvent"),
        "brand": shown.brand,
        "incident_id": str(shown.incident_id or ""),
        "source": fields.text(data, "source") if shown.type.startswith("source.") else "",
    }
    return {name: value for name, value in labels.items() if value}


def _severity(shown: Notice) -> str:
    if shown.type.startswith("source."):
        return "warning"
    return shown.level if _told(shown) and shown.level in LEVELS else "info"


def _annotations(shown: Notice) -> Labels:
    written = {
        "summary": shown.title,
        "description": shown.brief,
        **{_name(line.label): line.text for line in shown.lines if _told(shown)},
        "why": " ".join(shown.why),
        "notes": " ".join(shown.notes),
        "event": shown.type,
        **{f"evidence_{n}": quote.url for n, quote in enumerate(shown.quotes, 1) if quote.url},
        **{f"link_{_name(link.label)}": link.url for link in shown.links},
    }
    return {name: value for name, value in written.items() if value}


def _name(label: str) -> str:
    """A name that Prometheus allows: ASCII letters, digits and underscores."""
    kept = (char if char.isascii() and char.isalnum() else "_" for char in label.lower())
    return "".join(kept)


def _lasts(shown: Notice) -> timedelta:
    if _told(shown) or shown.type == "source.blind":
        return LASTS
    return _BEAT if shown.type == "monitor.heartbeat" else _BRIEFLY
