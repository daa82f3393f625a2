"""Our alerts in a real Alertmanager: one that fires, changes its level, and ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.types import Level
from monitor.receivers import FORMATS
from tests.receivers.alertmanagers import Alertmanager, alertmanager
from tests.receivers.events import incident, webhook
from tests.receivers.judges import NotHereError, unlike


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    try:
        with alertmanager(tmp_path_factory.mktemp("alertmanager")) as running:
            yield running
    except NotHereError as e:
        pytest.skip(str(e))


def tell(real: Alertmanager, type_: str, level: Level, *, id_: int) -> None:
    """As if it had just happened."""
    now = datetime.now(UTC)
    message = json.loads(incident(type_, id=id_, level=level, opened_at=now - timedelta(hours=1)))
    message["timestamp"] = now.isoformat()
    body = FORMATS["alertmanager-api"].build(
        webhook("alertmanager-api"), "msg_1", json.dumps(message).encode(), at=now
    )
    assert real.post(body.body) == 200


def severities(real: Alertmanager, id_: int) -> list[str]:
    firing = real.firing()
    return [each["severity"] for each in firing if each["incident_id"] == str(id_)]


def test_an_incident_fires_once_at_its_level_until_it_is_resolved(real: Alertmanager) -> None:
    tell(real, "incident.opened", Level.WARNING, id_=1)
    assert severities(real, 1) == ["warning"]
    tell(real, "incident.escalated", Level.CRITICAL, id_=1)
    assert severities(real, 1) == ["critical"]
    tell(real, "incident.updated", Level.CRITICAL, id_=1)
    assert severities(real, 1) == ["critical"]
    tell(real, "incident.deescalated", Level.WATCH, id_=1)
    assert severities(real, 1) == ["watch"]
    tell(real, "incident.resolved", Level.WATCH, id_=1)
    assert severities(real, 1) == []
    tell(real, "incident.reopened", Level.CRITICAL, id_=1)
    assert severities(real, 1) == ["critical"]


def test_what_it_sends_on_has_the_shape_and_the_fingerprint_of_ours(real: Alertmanager) -> None:
    tell(real, "incident.opened", Level.CRITICAL, id_=2)
    theirs = real.heard("firing")
    tell(real, "incident.resolved", Level.CRITICAL, id_=2)
    assert real.heard("resolved")["alerts"]
    number = int(theirs["groupLabels"]["incident_id"])
    level = Level.parse(theirs["alerts"][0]["labels"]["severity"])
    made = FORMATS["alertmanager"].build(
        webhook("alertmanager"),
        "msg_1",
        incident(id=number, level=level),
        at=datetime.now(UTC),
    )
    ours = json.loads(made.body)
    assert list(unlike(theirs, ours, "$")) == []
    assert ours["groupKey"] == theirs["groupKey"]
    assert ours["groupLabels"] == theirs["groupLabels"]
    assert ours["alerts"][0]["fingerprint"] == theirs["alerts"][0]["fingerprint"]
