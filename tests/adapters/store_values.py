"""Values for the tests of the store, ordinary unless a test says otherwise. Tests nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from monitor.adapters.queries import Queries
from monitor.core.filing import AssessIntent, Filed, NewAction, NewDecision
from monitor.core.outbox import AttemptIntent, DeliveryState, NewAlert, NewDelivery, WebhookState
from monitor.core.polling import NewMention, PollIntent, SourceState
from monitor.core.settings import Settings, SourceSettings
from monitor.core.types import HARMS, Incident, Level, Part, Stance, Status, Verdict

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BRAND = "Aurora Rail"


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


def source(name: str = "news", url: str = "https://example.org/feed.xml") -> SourceSettings:
    return SourceSettings(name=name, kind="feed", url=url, every=timedelta(minutes=5))


def mention(native_id: str = "1", **changes: Any) -> NewMention:
    ordinary: dict[str, Any] = {
        "native_id": native_id,
        "brand": BRAND,
        "kind": "feed",
        "url": f"https://example.org/{native_id}",
        "author": "Ann",
        "author_followers": 120,
        "title": None,
        "text": f"Aurora Rail left us, part {native_id}",
        "language": "en",
        "published_at": NOON,
        "seen_at": NOON,
        "fingerprint": f"print {native_id}",
    }
    return NewMention(**{**ordinary, **changes})


def poll(state: SourceState, *mentions: NewMention, **changes: Any) -> PollIntent:
    ordinary: dict[str, Any] = {
        "source": state,
        "at": NOON,
        "outcome": "ok",
        "status": 200,
        "seconds": 0.25,
        "items": len(mentions),
        "mentions": mentions,
    }
    return PollIntent(**{**ordinary, **changes})


def verdict(**changes: Any) -> Verdict:
    ordinary: dict[str, Any] = {
        "model": "models/incident",
        "language": "en",
        "about": 0.9,
        "stance": Stance(negative=0.5, neutral=0.3, positive=0.2),
        "alarm": 0.25,
        "complaint": 0.5,
        "outrage": 0.125,
        "firsthand": 0.75,
        "severity": 1.5,
        "harms": dict.fromkeys(HARMS, 0.125),
    }
    return Verdict(**{**ordinary, **changes})


def filed(mention_id: int, story_id: int = 1, how: str = "new story") -> Filed:
    return Filed(mention_id=mention_id, story_id=story_id, brand=BRAND, how=how)


def incident(id_: int = 1, **changes: Any) -> Incident:
    ordinary: dict[str, Any] = {
        "id": id_,
        "brand": BRAND,
        "title": "Passengers left in the cold",
        "status": Status.OPEN,
        "level": Level.WARNING,
        "severity": 2.5,
        "risk": 0.625,
        "opened_at": NOON,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "harms": ("safety", "service"),
        "mention_count": 3,
    }
    return Incident(**{**ordinary, **changes})


def decision(incident_id: int | None = 1, **changes: Any) -> NewDecision:
    ordinary: dict[str, Any] = {
        "at": NOON,
        "story_id": 1,
        "incident_id": incident_id,
        "reason": "first alert",
        "level": Level.WARNING,
        "risk": 0.625,
        "parts": (Part(name="severity", value=0.625, sentence="Injury is alleged."),),
    }
    return NewDecision(**{**ordinary, **changes})


def alert(incident_id: int | None = 1, *webhooks: str, **changes: Any) -> NewAlert:
    due = changes.pop("due", NOON)
    ordinary: dict[str, Any] = {
        "type": "incident.opened",
        "created_at": NOON,
        "body": '{"type":"incident.opened","data":{"brand":"Aurora Rail"}}',
        "incident_id": incident_id,
        "level": Level.WARNING,
        "deliveries": tuple(NewDelivery(webhook=name, next_attempt_at=due) for name in webhooks),
        "held_by": None if incident_id is None else Settings(database=Path("x"), model=Path("x")),
    }
    return NewAlert(**{**ordinary, **changes})


def opening(id_: int = 1, *webhooks: str, **changes: Any) -> AssessIntent:
    """A new incident and its alert."""
    return AssessIntent(
        at=NOON,
        incidents=((incident(id_, **changes), id_),),
        alerts=(alert(id_, *webhooks),),
    )


def act(verb: str = "acknowledge", incident_id: int = 1, text: str = "") -> NewAction:
    return NewAction(
        incident_id=incident_id, at=after(minutes=5), actor="kim", verb=verb, text=text
    )


def attempt(delivery_id: int, state: DeliveryState, **changes: Any) -> AttemptIntent:
    ordinary: dict[str, Any] = {
        "delivery_id": delivery_id,
        "at": NOON,
        "seconds": 2.0,
        "status": 200 if state is DeliveryState.DELIVERED else 500,
        "error": None,
        "state": state,
        "attempt": 1,
        "next_attempt_at": after(minutes=1) if state is DeliveryState.PENDING else None,
        "webhook": WebhookState(name="ops", last_attempt_at=NOON),
    }
    return AttemptIntent(**{**ordinary, **changes})


def ask(path: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the file with the sqlite3 of the standard library: an independent judge.

    It sits in a process of its own: two SQLite libraries in one process undo each other's locks
    (https://sqlite.org/howtocorrupt.html, section 2.2.1).
    """
    process = judge()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([str(path), statement, values]) + "\n")
    process.stdin.flush()
    rows = json.loads(process.stdout.readline())
    assert isinstance(rows, list), rows
    return [tuple(row) for row in rows]


def troubles(path: Path | str) -> tuple[str, ...]:
    """What `monitor db check` says of the file."""
    with Queries.open(path) as queries:
        return queries.check()


def count(path: Path, table: str) -> int:
    ((number,),) = ask(path, f"SELECT count(*) FROM {table}")  # noqa: S608 - names of ours
    return int(number)


@cache
def judge() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


_JUDGE = """
import json, sqlite3, sys
for line in sys.stdin:
    path, statement, values = json.loads(line)
    connection = sqlite3.connect(path)
    try:
        answer = connection.execute(statement, values).fetchall()
    except sqlite3.Error as error:
        answer = str(error)
    connection.close()
    print(json.dumps(answer), flush=True)
"""


def read_all(mention_ids: Sequence[int], **changes: Any) -> AssessIntent:
    """Verdicts for all of them, one story, no incident."""
    verdicts: Mapping[int, Verdict] = {id_: verdict(**changes) for id_ in mention_ids}
    return AssessIntent(
        at=NOON, verdicts=tuple(verdicts.items()), filed=tuple(map(filed, mention_ids))
    )
