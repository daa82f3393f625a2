"""What people get to see, from a file that can only be read."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from monitor.adapters.queries import Queries
from monitor.adapters.query_search import MentionFilter
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState, WebhookState
from monitor.core.polling import SourceHealth, SourceState
from monitor.core.types import Level, Stance, Status
from monitor.errors import DatabaseError, NotFoundError
from tests.adapters.store_values import (
    BRAND,
    NOON,
    act,
    after,
    alert,
    ask,
    attempt,
    decision,
    filed,
    incident,
    mention,
    opening,
    poll,
    read_all,
    source,
    verdict,
)


@pytest.fixture
def queries(store: SqliteStore, path: Path) -> Iterator[Queries]:
    with Queries.open(path) as queries:
        yield queries


def found(queries: Queries, **wanted: Any) -> list[str]:
    return [row["url"].rpartition("/")[2] for row in queries.mentions(MentionFilter(**wanted))]


# --- status


def test_a_quiet_house(queries: Queries) -> None:
    status = queries.status(NOON)
    assert status["sources"][0] == {
        "id": 1,
        "name": "news",
        "kind": "feed",
        "url": "https://example.org/feed.xml",
        "state": "stale",
        "state_since": time_text(NOON),
        "last_success_at": None,
        "next_poll_at": time_text(NOON),
        "failures": 0,
        "note": "not asked yet",
        "last_poll_at": None,
        "last_outcome": None,
        "last_status": None,
        "last_items": None,
        "last_new_items": None,
        "last_seconds": None,
        "blind": False,
    }
    del status["sources"]
    assert status == {
        "running": False,
        "untrained_languages": {},
        "backlog": 0,
        "incidents": {"open": 0, "watch": 0, "warning": 0, "critical": 0},
        "outbox": {
            "pending": 0,
            "dead": 0,
            "oldest_pending_at": None,
            "held": 0,
            "held_until": None,
        },
        "webhooks": [],
        "last_heartbeat_at": None,
    }


def test_a_busy_house(store: SqliteStore, news: SourceState, queries: Queries) -> None:
    failing = replace(
        news, state=SourceHealth.FAILING, failures=3, note="timed out", next_poll_at=after(hours=1)
    )
    store.record_poll(poll(news, mention("1"), mention("2"), items=40))
    store.record_poll(
        poll(failing, at=after(minutes=5), outcome="failed", status=503, seconds=1.239)
    )
    for id_, level in enumerate((Level.WATCH, Level.CRITICAL, Level.CRITICAL), start=1):
        store.record_assessment(opening(id_, "ops", level=level))
    store.record_assessment(opening(4, "ops", status=Status.RESOLVED))
    store.record_attempt(attempt(1, DeliveryState.DEAD))
    store.add_alerts([alert(None, "ops", created_at=after(hours=-2), due=after(hours=8))])
    store.record_heartbeat(now=after(minutes=4))
    status = queries.status(after(minutes=6))
    shown = status["sources"][0]
    assert (shown["state"], shown["failures"], shown["note"]) == ("failing", 3, "timed out")
    assert (shown["last_outcome"], shown["last_status"]) == ("failed", 503)
    assert (shown["last_items"], shown["last_new_items"], shown["last_seconds"]) == (0, 0, 1.24)
    assert status["backlog"] == 2
    assert status["incidents"] == {"open": 3, "watch": 1, "warning": 0, "critical": 2}
    assert status["outbox"] == {
        "pending": 4,
        "dead": 1,
        "oldest_pending_at": time_text(after(hours=-2)),
        "held": 1,
        "held_until": time_text(after(hours=8)),
    }
    assert status["last_heartbeat_at"] == time_text(after(minutes=4))
    json.dumps(status)


@pytest.mark.parametrize(
    ("failing_since", "said"), [(after(minutes=1), "answered 401"), (None, None)]
)
def test_a_webhook_that_fails_says_what_it_answered_last(
    store: SqliteStore, queries: Queries, failing_since: datetime | None, said: str | None
) -> None:
    store.record_assessment(opening(1, "ops"))
    for at, error in enumerate(("answered 500", "answered 401")):
        state = WebhookState(name="ops", failing_since=failing_since)
        made = attempt(1, DeliveryState.PENDING, at=after(minutes=at), error=error, webhook=state)
        store.record_attempt(made)
    (webhook,) = queries.status(after(minutes=3))["webhooks"]
    assert webhook["last_error"] == said


def test_what_was_read_without_understanding_is_counted_by_language(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    unread = {"language_trained": False, "alarm": 1.0}
    verdicts = [
        verdict(**unread, language="es"),
        verdict(**unread, language=None),
        verdict(**unread, language="pt"),
        verdict(**unread, language="pt"),
        verdict(language="de"),
    ]
    store.record_poll(poll(news, *(mention(str(n)) for n in range(1, 6))))
    store.record_assessment(AssessIntent(at=NOON, verdicts=tuple(enumerate(verdicts, start=1))))

    now = queries.status(after(hours=24))["untrained_languages"]
    assert list(now.items()) == [("pt", 2), ("es", 1), ("und", 1)]
    assert queries.status(after(hours=24.1))["untrained_languages"] == {}
    shown = {row["id"]: row for row in queries.mentions(MentionFilter())}
    assert (shown[1]["read_language"], shown[1]["language_trained"]) == ("es", False)
    assert shown[5]["language_trained"] is True


@pytest.mark.parametrize(
    ("minutes", "state", "shown"),
    [
        (5, SourceHealth.HEALTHY, "healthy"),
        (5.01, SourceHealth.HEALTHY, "stale"),
        (60, SourceHealth.FAILING, "failing"),
        (60, SourceHealth.THROTTLED, "throttled"),
    ],
)
def test_a_source_that_nobody_asks_is_not_called_healthy(
    store: SqliteStore,
    news: SourceState,
    queries: Queries,
    *,
    minutes: float,
    state: SourceHealth,
    shown: str,
) -> None:
    store.record_poll(poll(replace(news, state=state, next_poll_at=NOON)))
    store.record_heartbeat(now=after(minutes=minutes))
    judged = queries.status(after(minutes=minutes))["sources"][0]
    assert judged["state"] == shown
    assert judged["note"].endswith("and not asked") == (shown == "stale")


def test_a_source_with_no_poll_planned_keeps_its_state(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    store.record_poll(poll(replace(news, state=SourceHealth.HEALTHY, next_poll_at=None)))
    assert queries.status(after(days=9))["sources"][0]["state"] == "healthy"


def test_sources_in_trouble_come_first_and_removed_ones_are_gone(
    store: SqliteStore, queries: Queries
) -> None:
    names = ("a", "b", "c", "d", "e", "gone")
    store.sync_sources([source(name) for name in names], now=NOON)
    store.sync_sources([source(name) for name in names[:-1]], now=NOON)
    healthy, throttled, failing, stale, disabled = store.source_states()
    for state, health in (
        (healthy, SourceHealth.HEALTHY),
        (throttled, SourceHealth.THROTTLED),
        (failing, SourceHealth.FAILING),
        (stale, SourceHealth.STALE),
        (disabled, SourceHealth.DISABLED),
    ):
        store.record_poll(poll(replace(state, state=health)))
    shown = [(row["name"], row["state"]) for row in queries.status(NOON)["sources"]]
    assert shown == [
        ("c", "failing"),
        ("d", "stale"),
        ("b", "throttled"),
        ("e", "disabled"),
        (healthy.name, "healthy"),
    ]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (WebhookState(name="ops", last_success_at=NOON), "working"),
        (WebhookState(name="ops", last_success_at=NOON, failing_since=NOON), "failing"),
        (WebhookState(name="ops", failing_since=NOON, disabled_at=NOON), "disabled"),
        (WebhookState(name="ops"), "not used yet"),
    ],
)
def test_the_health_of_a_webhook(
    store: SqliteStore, queries: Queries, state: WebhookState, shown: str
) -> None:
    store.record_assessment(opening(1, "ops"))
    store.add_alerts(
        [alert(1, "ops", created_at=after(hours=1)), alert(1, "ops"), alert(1, "ops")]
    )
    store.record_attempt(attempt(1, DeliveryState.DEAD, webhook=state))
    store.record_attempt(attempt(3, DeliveryState.DELIVERED, webhook=state, supersede=(4,)))
    (health,) = queries.status(NOON)["webhooks"]
    assert (health["webhook"], health["state"]) == ("ops", shown)
    counts = {key: health[key] for key in ("pending", "delivered", "superseded", "dead")}
    assert counts == {"pending": 1, "delivered": 1, "superseded": 1, "dead": 1}
    assert health["oldest_pending_at"] == time_text(after(hours=1))


def test_a_webhook_not_tried_yet_is_shown(store: SqliteStore, queries: Queries) -> None:
    store.record_assessment(opening(1, "ops"))
    (health,) = queries.status(NOON)["webhooks"]
    assert (health["webhook"], health["state"], health["pending"]) == ("ops", "not used yet", 1)


# --- incidents


def test_incidents_are_narrowed_as_asked(store: SqliteStore, queries: Queries) -> None:
    several = (
        incident(1, level=Level.WATCH, last_seen_at=after(hours=1)),
        incident(2, level=Level.CRITICAL, last_seen_at=after(hours=3), brand="Borealis Air"),
        incident(3, level=Level.WARNING, last_seen_at=after(hours=2), status=Status.DISMISSED),
        incident(4, level=Level.QUIET, last_seen_at=after(hours=2), status=Status.SNOOZED),
    )
    store.record_assessment(AssessIntent(at=NOON, incidents=tuple((i, i.id) for i in several)))

    def ids(**wanted: Any) -> list[int]:
        return [row["id"] for row in queries.incidents(**wanted)]

    assert ids() == [2, 4, 3, 1]
    assert ids(open_only=True) == [2, 4, 1]
    assert ids(brand=BRAND) == [4, 3, 1]
    assert ids(since=after(hours=2)) == [2, 4, 3]
    assert ids(level=Level.WARNING) == [2, 3]
    assert ids(limit=1) == [2]
    assert queries.incidents(limit=1)[0]["harms"] == ["safety", "service"]


def test_one_incident_with_all_that_belongs_to_it(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    store.record_poll(poll(news, mention(engagement={"likes": 3})))
    store.record_assessment(
        replace(
            opening(1, "ops"),
            verdicts=((1, verdict()),),
            filed=(filed(1),),
            members=((1, 1),),
            decisions=(
                decision(at=NOON),
                decision(at=after(minutes=1), reason="still cooling down"),
                decision(at=after(minutes=2), reason="severity rose", level=Level.CRITICAL),
            ),
        )
    )
    store.record_attempt(attempt(1, DeliveryState.DELIVERED, attempt=3))
    store.record_action(
        incident(),
        act("statement", text="We are sorry."),
        (alert(1, "ops", created_at=after(hours=1)),),
    )
    shown = queries.incident(1)
    assert (shown["title"], shown["harms"]) == (
        "Passengers left in the cold",
        ["safety", "service"],
    )
    assert shown["decision"]["reason"] == "severity rose"
    assert shown["decision"]["parts"] == [
        {"name": "severity", "value": 0.625, "sentence": "Injury is alleged."}
    ]
    assert shown["evidence"] == [
        {
            "mention": 1,
            "url": "https://example.org/1",
            "source": "news",
            "author": "Ann",
            "title": None,
            "text": "Aurora Rail left us, part 1",
            "published_at": time_text(NOON),
            "seen_at": time_text(NOON),
            "engagement": {"likes": 3.0},
        }
    ]
    assert [
        (row["at"][11:19], row["what"], row["who"], row["detail"]) for row in shown["timeline"]
    ] == [
        ("12:00:00", "first seen", None, "Aurora Rail left us, part 1"),
        ("12:00:00", "level warning", "monitor", "first alert"),
        ("12:00:00", "incident.opened", "monitor", "warning"),
        ("12:00:02", "delivered", "ops", "incident.opened, attempt 3"),
        ("12:02:00", "level critical", "monitor", "severity rose"),
        ("12:05:00", "statement", "kim", "We are sorry."),
        ("12:05:00", "statement", BRAND, "We are sorry."),
        ("13:00:00", "incident.opened", "monitor", "warning"),
    ]
    assert [(row["webhook"], row["state"], row["last_status"]) for row in shown["deliveries"]] == [
        ("ops", "delivered", 200),
        ("ops", "pending", None),
    ]
    assert shown["statements"][0]["checks"] == {"unread": "not in English, or too short"}
    json.dumps(shown)


def test_an_alert_of_the_timeline_says_why_it_was_sent(
    store: SqliteStore, queries: Queries
) -> None:
    body = '{"type":"incident.opened","data":{"reason":"Reached critical: risk 1.00."}}'
    store.record_assessment(replace(opening(1), alerts=(alert(1, body=body),)))
    reasons = {row["what"]: row["reason"] for row in queries.incident(1)["timeline"]}
    assert reasons == {"first seen": None, "incident.opened": "Reached critical: risk 1.00."}


def test_nothing_is_told_of_the_moment_it_was_first_seen_that_was_said_later(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    store.record_poll(
        poll(news, mention("1", published_at=after(minutes=4), seen_at=after(minutes=4)))
    )
    store.record_assessment(
        replace(
            opening(1, "ops"), verdicts=((1, verdict()),), filed=(filed(1),), members=((1, 1),)
        )
    )
    [first] = [row for row in queries.incident(1)["timeline"] if row["what"] == "first seen"]
    assert (first["at"], first["detail"]) == (time_text(NOON), None)


def test_talk_from_before_an_incident_began_is_not_what_was_said_first(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    talk = mention("1", text="Nice app", published_at=after(minutes=-9), seen_at=NOON)
    first = mention("2", text="It shows a wrong dose", published_at=NOON, seen_at=NOON)
    store.record_poll(poll(news, talk, first))
    store.record_assessment(replace(opening(1, "ops"), members=((1, 1), (1, 2))))
    [step] = [row for row in queries.incident(1)["timeline"] if row["what"] == "first seen"]
    assert step["detail"] == "It shows a wrong dose"


def test_the_timelines_of_two_incidents_are_kept_apart(
    store: SqliteStore, queries: Queries
) -> None:
    for id_ in (1, 2):
        store.record_assessment(
            replace(opening(id_, "ops"), decisions=(decision(id_, story_id=id_),))
        )
    store.record_attempt(attempt(1, DeliveryState.DELIVERED))
    assert len(queries.incident(1)["timeline"]) == 4
    assert len(queries.incident(2)["timeline"]) == 3


# --- search


@pytest.fixture
def talk(store: SqliteStore, news: SourceState) -> None:
    """Five mentions in the order of their ids, a minute apart."""
    said = {
        "cold": mention(
            "cold", title="No heating", text="Crème brûlée froze on the Aurora Rail night train"
        ),
        "rude": mention(
            "rude", author="@Infosec_Ana", text='The "train manager" was rude & loud \U0001f525'
        ),
        "kind": mention(
            "kind",
            author="ana@mastodon.example",
            text="Staff of Aurora helped my mother: thank you!",
        ),
        "tokyo": mention("tokyo", text="オーロラ鉄道の列車が遅れています"),
        "rival": mention(
            "rival", brand="Borealis Air", author="Ana Infosec", text="On time, @infosec_ana"
        ),
    }
    dated = [
        replace(one, published_at=after(minutes=i), seen_at=after(hours=1))
        for i, one in enumerate(said.values())
    ]
    store.record_poll(poll(news, *dated))
    store.record_assessment(
        replace(
            opening(),
            verdicts=(
                (1, verdict(harms={"service": 0.75, "praise": 0.0})),
                (2, verdict(stance=Stance(negative=0.375, neutral=0.375, positive=0.25))),
                (
                    3,
                    verdict(
                        stance=Stance(negative=0, neutral=0.25, positive=0.75),
                        harms={"praise": 0.75},
                    ),
                ),
                (4, verdict(stance=Stance(negative=0.25, neutral=0.375, positive=0.375))),
            ),
            members=((1, 1), (1, 2)),
        )
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["rival", "tokyo", "kind", "rude", "cold"]),
        ("   ", ["rival", "tokyo", "kind", "rude", "cold"]),
        ("train", ["rude", "cold"]),
        ("TRAIN", ["rude", "cold"]),
        ("creme brulee", ["cold"]),
        ("heating", ["cold"]),
        ("train loud", ["rude"]),
        ('"night train"', ["cold"]),
        ('"train night"', []),
        ('"night train', ["cold"]),
        ("mot", []),
        ("mot*", ["kind"]),
        ('"mot*"', []),
        ("aurora OR borealis", []),
        ("train NOT loud", []),
        ("title:heating", []),
        ("rude & loud", ["rude"]),
        ("\U0001f525", ["rude"]),
        ("列車", ["tokyo"]),
        ("列車 遅れ", ["tokyo"]),
        ("飛行機", []),
        ("@infosec_ana", ["rival", "rude"]),
        ("@infosec_ana loud", ["rude"]),
        ("@INFOSEC*", ["rival", "rude"]),
        ("@ana", ["kind"]),
        ("@mother", []),
        ("@moth*", []),
        ('"@ana infosec"', ["rival"]),
        ("@ana@mastodon.example", ["kind"]),
        ("@mastodon.example", []),
        ("@banana", []),
        ("infosec", ["rival"]),
        ('""', ["rival", "tokyo", "kind", "rude", "cold"]),
        ("tr\0ain", ["rude", "cold"]),
        ("'; DROP TABLE mentions; --", []),
    ],
)
@pytest.mark.usefixtures("talk")
def test_words_are_found_as_a_person_means_them(
    queries: Queries, query: str, expected: list[str]
) -> None:
    assert found(queries, query=query) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(
        alphabet=st.characters(codec=None) | st.sampled_from("\"*()^:+-{}\\'%_ NEAR"), max_size=30
    )
)
def test_no_query_breaks_the_search(queries: Queries, query: str) -> None:
    assert found(queries, query=query) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"brand": "Borealis Air"}, ["rival"]),
        ({"since": after(minutes=2)}, ["rival", "tokyo", "kind"]),
        ({"harm": "praise"}, ["kind"]),
        ({"harm": "service"}, ["cold"]),
        ({"harm": 'no"such'}, []),
        ({"stance": "negative"}, ["rude", "cold"]),
        ({"stance": "neutral"}, ["tokyo"]),
        ({"stance": "positive"}, ["kind"]),
        ({"incident": 1}, ["rude", "cold"]),
        ({"incident": 1, "query": "loud"}, ["rude"]),
        ({"incident": 2}, []),
        ({"limit": 2}, ["rival", "tokyo"]),
    ],
)
@pytest.mark.usefixtures("talk")
def test_the_search_is_narrowed_by_facts(
    queries: Queries, wanted: dict[str, Any], expected: list[str]
) -> None:
    assert found(queries, **wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "index"),
    [({}, "by_time"), ({"since": NOON}, "by_time"), ({"brand": BRAND}, "by_brand")],
    ids=["all", "of late", "of a brand"],
)
def test_the_newest_are_found_without_sorting_all(
    store: SqliteStore, path: Path, wanted: dict[str, Any], index: str
) -> None:
    """A planner that knows of many mentions and few sources would go source by source."""
    store._connection.executescript(
        """
        ANALYZE sqlite_schema;
        INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
          ('sources', 'sqlite_autoindex_sources_1', '5 1'),
          ('mentions', 'mentions_by_time', '300000 1'),
          ('mentions', 'mentions_by_brand', '300000 401 1'),
          ('mentions', 'sqlite_autoindex_mentions_1', '300000 401 1 1');
        """
    )
    queries = Queries.open(path)
    asked: list[str] = []
    queries._connection.set_trace_callback(asked.append)
    found(queries, **wanted)
    queries._connection.set_trace_callback(None)

    [statement] = asked
    steps = [row[3] for row in queries._connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert f"mentions USING INDEX mentions_{index}" in steps[0]
    assert not any("ORDER BY" in step for step in steps)
    queries.close()


@pytest.mark.usefixtures("talk")
def test_a_found_mention_says_what_was_read_in_it(queries: Queries) -> None:
    (row,) = queries.mentions(MentionFilter(query="heating"))
    assert (row["source"], row["incident"], row["title"]) == ("news", 1, "No heating")
    assert (row["certain"], row["history"]) == (True, False)
    assert (row["alarm"], row["harms"]) == (0.25, {"service": 0.75, "praise": 0.0})
    (unread,) = queries.mentions(MentionFilter(brand="Borealis Air"))
    assert (unread["alarm"], unread["harms"], unread["incident"]) == (None, None, None)
    json.dumps([row, unread])


@pytest.mark.usefixtures("talk")
def test_an_edited_mention_is_found_by_its_new_words_only(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    store.record_poll(poll(news, mention("kind", text="Staff was splendid")))
    assert found(queries, query="splendid") == ["kind"]
    assert found(queries, query="mother") == []


# --- why


def test_why_a_mention_was_told(store: SqliteStore, news: SourceState, queries: Queries) -> None:
    store.record_poll(poll(news, mention(matched_by="Aurora Rail", engagement={"likes": 2})))
    store.record_assessment(
        replace(
            opening(),
            verdicts=((1, verdict(vector=b"\x01\x02")),),
            filed=(filed(1, 1, "similar 0.42"),),
            members=((1, 1),),
            decisions=(decision(mention_id=1), decision(mention_id=None)),
        )
    )
    why = queries.why_mention(1)
    assert why["mention"]["matched_by"] == "Aurora Rail"
    assert (why["mention"]["certain"], why["mention"]["engagement"]) == (True, {"likes": 2.0})
    assert (why["verdict"]["model"], why["verdict"]["severity"]) == ("models/incident", 1.5)
    assert why["filed"] == {"story_id": 1, "how": "similar 0.42"}
    assert [row["id"] for row in why["incidents"]] == [1]
    assert [(row["reason"], row["mention_id"]) for row in why["decisions"]] == [("first alert", 1)]
    json.dumps(why)


def test_why_an_unread_mention_stayed_silent(
    store: SqliteStore, news: SourceState, queries: Queries
) -> None:
    store.record_poll(poll(news, mention()))
    why = queries.why_mention(1)
    assert (why["verdict"], why["filed"], why["incidents"], why["decisions"]) == (
        None,
        None,
        [],
        [],
    )
    assert why["mention"]["engagement"] == {}


def test_why_an_incident_stands_where_it_stands(store: SqliteStore, queries: Queries) -> None:
    reasons = [decision(reason=f"reason {n}") for n in range(3)]
    store.record_assessment(replace(opening(), decisions=(*reasons, decision(None))))
    why = queries.why_incident(1)
    assert why["incident"]["id"] == 1
    assert [row["reason"] for row in why["decisions"]] == ["reason 2", "reason 1", "reason 0"]
    assert len(queries.why_incident(1, limit=2)["decisions"]) == 2


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ("incident", "no incident 7"),
        ("why_incident", "no incident 7"),
        ("why_mention", "no mention 7"),
    ],
)
def test_what_does_not_exist_is_named(queries: Queries, question: str, complaint: str) -> None:
    with pytest.raises(NotFoundError, match=complaint):
        getattr(queries, question)(7)


# --- deliveries and alerts


def test_deliveries_and_dead_letters(store: SqliteStore, queries: Queries) -> None:
    store.record_assessment(opening(1, "ops", "board"))
    store.record_attempt(attempt(1, DeliveryState.PENDING))
    store.record_attempt(attempt(1, DeliveryState.DEAD, error="gone", status=410, attempt=2))
    rows = queries.deliveries()
    assert [(row["id"], row["webhook"], row["state"]) for row in rows] == [
        (2, "board", "pending"),
        (1, "ops", "dead"),
    ]
    (dead,) = queries.deliveries(dead=True)
    assert (dead["id"], dead["attempt"], dead["last_status"], dead["last_error"]) == (
        1,
        2,
        410,
        "gone",
    )
    assert (dead["type"], dead["level"], dead["incident_id"]) == ("incident.opened", "warning", 1)
    assert len(queries.deliveries(limit=1)) == 1


def test_alerts_come_newest_first_with_what_became_of_them(
    store: SqliteStore, queries: Queries
) -> None:
    assert queries.alerts() == []
    store.record_assessment(opening(1, "ops", "board"))
    store.add_alerts([alert(None, type="source.blind", level=None)])
    newest, oldest = queries.alerts()
    assert (newest["type"], newest["deliveries"]) == ("source.blind", [])
    assert oldest["body"]["data"] == {"brand": BRAND}
    assert [row["webhook"] for row in oldest["deliveries"]] == ["board", "ops"]
    assert [row["id"] for row in queries.alerts(limit=1)] == [2]


# --- views for people


def test_open_incidents_show_the_gravest_first(store: SqliteStore, path: Path) -> None:
    several = (
        incident(1, level=Level.WARNING, risk=0.6),
        incident(2, level=Level.CRITICAL, risk=0.8),
        incident(3, level=Level.WARNING, risk=0.7654),
        incident(4, status=Status.RESOLVED),
    )
    store.record_assessment(AssessIntent(at=NOON, incidents=tuple((i, i.id) for i in several)))
    rows = ask(path, "SELECT id, level, risk, mentions, harms FROM open_incidents")
    assert rows == [
        (2, "critical", 0.8, 3, '["safety","service"]'),
        (3, "warning", 0.77, 3, '["safety","service"]'),
        (1, "warning", 0.6, 3, '["safety","service"]'),
    ]


@pytest.mark.parametrize(
    ("about", "praise", "shown"),
    [(0.5, 0.5, 1), (0.49, 0.9, 0), (0.9, 0.49, 0)],
)
def test_praise_is_what_is_about_the_brand_and_thanks_it(
    store: SqliteStore,
    news: SourceState,
    path: Path,
    *,
    about: float,
    praise: float,
    shown: int,
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1], about=about, harms={"praise": praise}))
    assert len(ask(path, "SELECT brand, text, praise FROM praise")) == shown


def test_the_tools_that_people_use_find_the_search_index(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2", text="Frozen again")))
    with contextlib.closing(Database(path)) as database:
        table = database.table("mentions")
        assert table.detect_fts() == "mentions_fts"
        assert [row["native_id"] for row in table.search("frozen")] == ["2"]


def test_a_file_that_breaks_while_it_is_read_is_named(store: SqliteStore, path: Path) -> None:
    with Queries.open(path) as queries:
        store._connection.execute("DROP VIEW source_health")
        with pytest.raises(DatabaseError, match=r"monitor\.db: no such table: source_health"):
            queries.status(NOON)
