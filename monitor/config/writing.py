"""Settings as config.toml writes them: the way back from what `schema` and `freeze` read.

Hides secrets. Keeps no comments and no order of the file (see `editing`).
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from monitor.config.schema import written_pages
from monitor.core.event import iso
from monitor.core.humanize import UNITS
from monitor.core.settings import DAYS, QuietHours, Secret, Settings, Window

#: Keys of config.toml whose values bear another name in `Settings`.
_KEYS = {"secrets": "secret", "starts_at": "from", "ends_at": "until", "windows": "hours"}
#: How config.toml writes what is None here, by key; "" turns all else off.
_WRITTEN = {"backfill": "all"}
#: Of a silence by the week: config.toml has neither.
_LEFT_OUT = frozenset({"from", "until"})
#: Tables of their own beside [monitor].
_TABLES = ("brands", "sources", "webhooks", "alerts", "escalation", "silences")


def as_written(settings: Settings) -> dict[str, Any]:
    """Settings under the keys of config.toml, which errors name as well."""
    rest = _document(settings)
    rest["http"] = _address(settings.http)
    rest["alerts"]["budget"] = written_pages(*settings.alerts.budget)
    rest["escalation"] = rest["alerts"].pop("escalation")
    tables = {name: rest.pop(name) for name in _TABLES}
    return {"path": rest.pop("path"), "monitor": rest} | tables


def _document(value: Any) -> Any:
    """Settings as JSON values; durations and quiet hours as they are written."""
    if isinstance(value, tuple):
        return [_document(one) for one in value]
    as_text = (Secret, QuietHours, Window)
    if dataclasses.is_dataclass(value) and not isinstance(value, as_text):
        names = [field.name for field in dataclasses.fields(value)]
        keys = [(_KEYS.get(name, name), getattr(value, name)) for name in names]
        return {key: _set(key, one) for key, one in keys if not _is_left_out(key, one)}
    return _scalar(value)


def _set(key: str, value: Any) -> Any:
    return _WRITTEN.get(key, "") if value is None else _document(value)


def _is_left_out(key: str, value: Any) -> bool:
    return value is None and key in _LEFT_OUT


def _address(address: tuple[str, int] | None) -> str:
    if address is None:
        return ""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _scalar(value: Any) -> Any:
    match value:
        case Secret() | Path():
            return str(value)
        case timedelta():
            return span(value)
        case QuietHours() | Window():
            return _hours(value)
        case datetime():
            return iso(value)
        case Enum():
            return value.name.lower()
        case _:
            return value


def _hours(value: QuietHours | Window) -> str:
    if isinstance(value, QuietHours):
        return f"{_clock(value.start)}-{_clock(value.end)} {value.zone}"
    days = ",".join(DAYS[day] for day in value.days)
    return f"{days} {_hours(value.hours)}".lstrip()


def span(value: timedelta) -> str:
    """A duration as config.toml writes it, in the largest whole unit."""
    seconds = int(value.total_seconds())
    unit, size = next(one for one in UNITS.items() if seconds % one[1] == 0)
    return f"{seconds // size}{unit}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
