"""What an assessment and an act leave behind, and what the loops read back from it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters import store_memory
from monitor.adapters.connect import IntegrityError
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.intake import ASSUMED
from monitor.core.polling import SourceState
from monitor.core.reading import UNREAD
from monitor.core.types import Forecast, Incident, Level, Part, Stance, Status, Verdict
from tests.adapters.store_values import (
    BRAND,
    NOON,
    act,
    after,
    alert,
    ask,
    decision,
    filed,
    incident,
    mention,
    opening,
    poll,
    read_all,
    verdict,
)
from tests.core.cases import ALIKE

FULL = incident(
    3,
    status=Status.SNOOZED,
    level=Level.CRITICAL,
    last_seen_at=after(hours=2),
    repost_count=5,
    author_count=6,
    source_count=2,
    forecast=Forecast(
        now=8, p10=9.5, p50=20.0, p90=60.25, at=after(hours=24), viral_probability=0.125
    ),
    acknowledged_at=after(minutes=1),
    acknowledged_by="kim",
    assigned_to="lee",
    statement_at=after(minutes=2),
    resolved_at=after(minutes=3),
    snoozed_until=after(minutes=4),
    alerted_level=Level.WARNING,
    last_alert_at=after(minutes=5),
    raised_at=after(minutes=6),
    reminders=2,
    handed_on=1,
    facts_at=after(minutes=7),
    last_statement_at=after(minutes=8),
    breaches=("statement", "statement>"),
    resembles=(ALIKE,),
)


# --- verdicts and stories


def test_a_verdict_comes_back_as_it_was_written(store: SqliteStore, news: SourceState) -> None:
    written = verdict(
        stance=Stance(negative=0.125, neutral=0.25, positive=0.625),
        language="pt",
        language_trained=False,
        vector=b"\x00\x81\x7f",
    )
    store.record_poll(poll(news, mention()))
    store.record_assessment(
        AssessIntent(at=NOON, verdicts=((1, written),), filed=(filed(1, how="similar 0.42"),))
    )
    (back,) = store.remembered(after(days=-1))
    assert back.verdict == written
    assert back.mention.language == "en", "what the source said is kept apart"


def test_columns_of_a_verdict_have_the_names_users_query(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1], harms={"safety": 0.5}))
    row = ask(
        path,
        "SELECT mention_id, model, at, language, about, negative, neutral, positive, alarm,"
        " complaint, outrage, firsthand, severity, harms FROM verdicts",
    )
    assert row == [
        (
            1,
            "models/incident",
            time_text(NOON),
            "en",
            0.9,
            0.5,
            0.3,
            0.2,
            0.25,
            0.5,
            0.125,
            0.75,
            1.5,
            '{"safety":0.5}',
        )
    ]


def test_stories_are_remembered_while_they_are_added_to(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(
        poll(news, *(mention(str(i), published_at=after(minutes=-i)) for i in range(1, 5)))
    )
    old = AssessIntent(
        at=NOON,
        verdicts=((1, verdict()), (2, verdict()), (3, verdict())),
        filed=(filed(1, 10), filed(2, 11), filed(3, 10)),
    )
    store.record_assessment(old)
    late = AssessIntent(at=after(hours=5), verdicts=((4, verdict()),), filed=(filed(4, 11),))
    store.record_assessment(late)
    young = list(store.remembered(NOON))
    assert [(one.mention.id, one.story_id) for one in young] == [(4, 11), (2, 11)]
    everything = store.remembered(NOON - timedelta(microseconds=1))
    assert [one.mention.id for one in everything] == [4, 3, 2, 1], "oldest first"


def test_the_incident_of_a_story_is_remembered_with_it(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_assessment(
        AssessIntent(
            at=NOON,
            verdicts=((1, verdict()), (2, verdict())),
            filed=(filed(1, 10), filed(2, 11)),
            incidents=((incident(1), 10), (incident(2), 10)),
        )
    )
    found = [(one.story_id, one.incident_id) for one in store.remembered(after(days=-1))]
    assert found == [(10, 2), (11, None)], "the newest incident of a story"


def test_more_stories_than_fit_one_batch_are_remembered_with_their_readings(
    store: SqliteStore, news: SourceState
) -> None:
    many = [mention(str(i), engagement={"likes": i}) for i in range(1, 1002)]
    store.record_poll(poll(news, *many))
    store.record_assessment(read_all(range(1, 1002)))
    likes = [one.mention.engagement["likes"] for one in store.remembered(after(days=-1))]
    assert likes == list(range(1, 1002))


def test_a_mention_moved_to_another_story_is_in_that_one_only(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1]))
    store.record_assessment(AssessIntent(at=after(hours=1), filed=(filed(1, 2, "merged"),)))
    assert [one.story_id for one in store.remembered(after(days=-1))] == [2]


def test_a_mention_filed_to_no_story_is_stored_but_not_remembered(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(
        AssessIntent(
            at=NOON,
            verdicts=((1, verdict(about=0.1)),),
            filed=(filed(1, 0, "not about the brand"),),
            decisions=(decision(None, story_id=0, mention_id=1),),
        )
    )
    assert list(store.remembered(after(days=-1))) == []
    assert ask(path, "SELECT story_id, how FROM story_mentions") == [(None, "not about the brand")]
    assert store.unassessed_count() == 0


def test_ids_are_never_given_out_again(store: SqliteStore, news: SourceState) -> None:
    assert (store.next_story_id(), store.next_incident_id()) == (1, 1)
    store.record_poll(poll(news, mention()))
    store.record_assessment(
        AssessIntent(at=NOON, filed=(filed(1, 41),), incidents=((incident(7), 41),))
    )
    assert (store.next_story_id(), store.next_incident_id()) == (42, 8)
    store._connection.execute("DELETE FROM incidents")
    store._connection.execute("DELETE FROM stories")
    assert (store.next_story_id(), store.next_incident_id()) == (42, 8)


# --- incidents


@pytest.mark.parametrize("written", [incident(), FULL, replace(FULL, raised_at=None)])
def test_an_incident_comes_back_as_it_was_written(store: SqliteStore, written: Incident) -> None:
    store.record_assessment(AssessIntent(at=NOON, incidents=((written, 5),)))
    assert store.incident(written.id) == written
    assert store.story_of(written.id) == 5


def test_a_forecast_without_a_probability_comes_back(store: SqliteStore) -> None:
    written = incident(forecast=Forecast(now=1, p10=1, p50=2, p90=3, at=NOON))
    store.record_assessment(AssessIntent(at=NOON, incidents=((written, 5),)))
    assert store.incident(1) == written


def test_an_incident_that_does_not_exist_is_none(store: SqliteStore) -> None:
    assert store.incident(1) is None
    assert store.story_of(1) is None
    assert store.parts(1) == ()


def test_an_incident_without_a_story_is_stored(store: SqliteStore) -> None:
    store.record_assessment(AssessIntent(at=NOON, incidents=((incident(), 0),)))
    assert store.story_of(1) is None
    assert store.incident(1) == incident()


def test_an_incident_does_not_make_its_story_younger(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1]))
    store.record_assessment(AssessIntent(at=after(days=9), incidents=((incident(), 1),)))
    assert list(store.remembered(after(days=1))) == []


@pytest.mark.parametrize("status", Status)
def test_live_incidents_are_those_that_can_still_raise_alerts(
    store: SqliteStore, status: Status
) -> None:
    one = incident(status=status)
    store.record_assessment(AssessIntent(at=NOON, incidents=((one, 1),)))
    assert store.live_incidents() == ((one,) if status.is_live else ())


def test_live_incidents_come_in_the_order_in_which_they_were_opened(store: SqliteStore) -> None:
    store.record_assessment(AssessIntent(at=NOON, incidents=((incident(2), 2), (incident(1), 1))))
    assert [one.id for one in store.live_incidents()] == [1, 2]


def test_an_assessment_updates_what_the_monitor_computes(store: SqliteStore) -> None:
    store.record_assessment(opening())
    worse = incident(
        title="Passenger hurt",
        level=Level.CRITICAL,
        severity=4.0,
        risk=0.875,
        opened_at=after(hours=-1),
        first_seen_at=after(hours=-2),
        last_seen_at=after(hours=2),
        harms=("safety",),
        mention_count=50,
        repost_count=20,
        author_count=40,
        source_count=3,
        forecast=Forecast(now=50, p10=60, p50=90, p90=400, at=after(hours=24)),
        alerted_level=Level.CRITICAL,
        last_alert_at=after(hours=2),
        raised_at=after(hours=2),
        reminders=1,
    )
    store.record_assessment(AssessIntent(at=after(hours=2), incidents=((worse, 2),)))
    assert store.incident(1) == worse
    assert store.story_of(1) == 2


PEOPLE: dict[str, Any] = {
    "status": Status.ACKNOWLEDGED,
    "acknowledged_at": after(minutes=5),
    "acknowledged_by": "kim",
    "assigned_to": "lee",
    "statement_at": after(minutes=6),
    "resolved_at": after(minutes=7),
    "snoozed_until": after(minutes=8),
}


def test_an_acknowledgement_survives_the_assessment_that_did_not_know_of_it(
    store: SqliteStore, path: Path
) -> None:
    """The daemon reads the incident, a person acknowledges it, the daemon writes."""
    store.record_assessment(opening())
    read_before = store.incident(1)
    assert read_before is not None
    with SqliteStore.open(path) as command_line:
        answered = replace(read_before, reminders=4, handed_on=2, **PEOPLE)
        command_line.record_action(answered, act())
    grown = replace(read_before, risk=0.75, mention_count=80, reminders=1, handed_on=1)
    store.record_assessment(AssessIntent(at=after(minutes=9), incidents=((grown, 1),)))
    # Grown and still acknowledged; what was counted without knowing of that is void.
    expected = replace(answered, risk=0.75, mention_count=80)
    assert store.incident(1) == expected


@pytest.mark.parametrize("column", PEOPLE)
def test_each_column_that_people_own_is_left_to_them(store: SqliteStore, column: str) -> None:
    store.record_assessment(opening())
    store.record_assessment(opening(1, **{column: PEOPLE[column]}))
    assert store.incident(1) == incident()


def test_what_the_clock_told_while_an_incident_was_judged_is_not_told_twice(
    store: SqliteStore,
) -> None:
    """The assess loop reads the incident, the clock strikes, the assess loop writes."""
    store.record_assessment(opening(raised_at=NOON))
    read_before = store.incident(1)
    assert read_before is not None
    told = replace(read_before, reminders=1, handed_on=2)
    store.record_action(told, act())
    store.record_assessment(
        AssessIntent(at=NOON, incidents=((replace(read_before, risk=0.6), 1),))
    )
    assert store.incident(1) == replace(told, risk=0.6)


def test_reminders_begin_anew_when_an_incident_rises_and_nobody_is_told_of_it_twice(
    store: SqliteStore,
) -> None:
    store.record_assessment(opening(raised_at=NOON))
    told = incident(raised_at=NOON, reminders=3, handed_on=1)
    store.record_action(told, act())
    risen = replace(told, raised_at=after(hours=1), reminders=0, handed_on=0)
    store.record_assessment(AssessIntent(at=after(hours=1), incidents=((risen, 1),)))
    assert store.incident(1) == replace(risen, handed_on=1)


def test_an_act_writes_the_incident_who_did_it_and_its_alert(
    store: SqliteStore, path: Path
) -> None:
    store.record_assessment(AssessIntent(at=NOON, incidents=((incident(3), 5),)))
    told = alert(3, "ops", type="incident.acknowledged", level=None)
    store.record_action(FULL, act("snooze", 3, "until lunch"), (told,))
    assert store.incident(3) == FULL
    assert store.story_of(3) == 5, "the story is not the act's business"
    assert ask(path, "SELECT incident_id, at, actor, verb, text FROM actions") == [
        (3, time_text(after(minutes=5)), "kim", "snooze", "until lunch")
    ]
    assert ask(path, "SELECT incident_id, type, level FROM alerts") == [
        (3, "incident.acknowledged", None)
    ]
    assert ask(path, "SELECT webhook, state FROM deliveries") == [("ops", "pending")]
    assert ask(path, "SELECT count(*) FROM statements") == [(0,)]


def test_an_act_that_cannot_be_logged_changes_nothing(store: SqliteStore) -> None:
    store.record_assessment(opening())
    with pytest.raises(IntegrityError):
        store.record_action(incident(status=Status.RESOLVED), act("resolve", 99))
    assert store.incident(1) == incident()


def test_a_statement_reported_by_a_person_is_kept_with_the_incident(
    store: SqliteStore, path: Path
) -> None:
    store.record_assessment(opening())
    stated = incident(statement_at=after(minutes=5))
    store.record_action(stated, act("statement", text="We are sorry."))
    assert ask(path, "SELECT incident_id, brand, at, text FROM statements") == [
        (1, BRAND, time_text(after(minutes=5)), "We are sorry.")
    ]
    assert store.incident(1) == stated


def test_two_people_at_once_do_not_undo_each_other(store: SqliteStore, path: Path) -> None:
    store.record_assessment(opening())
    with SqliteStore.open(path) as other:
        for opened, change in (
            (store, {"assigned_to": "lee"}),
            (other, {"acknowledged_by": "kim"}),
        ):
            with opened.transaction():
                current = opened.incident(1)
                assert current is not None
                opened.record_action(replace(current, **change), act())  # type: ignore[arg-type]
    assert store.incident(1) == incident(assigned_to="lee", acknowledged_by="kim")


# --- members, decisions, alerts


def test_a_mention_joins_an_incident_once(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_assessment(replace(opening(), members=((1, 1),)))
    store.record_assessment(AssessIntent(at=after(hours=1), members=((1, 1), (1, 2))))
    assert ask(path, "SELECT incident_id, mention_id, at FROM incident_mentions") == [
        (1, 1, time_text(NOON)),
        (1, 2, time_text(after(hours=1))),
    ]


def test_every_decision_is_kept_with_its_parts(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention()))
    silent = decision(None, reason="below threshold", level=Level.QUIET, risk=0.125, mention_id=1)
    store.record_assessment(replace(read_all([1]), decisions=(silent,)))
    store.record_assessment(replace(opening(), decisions=(decision(at=after(minutes=1)),)))
    assert ask(
        path,
        "SELECT incident_id, story_id, mention_id, at, reason, level, risk, parts FROM decisions",
    ) == [
        (
            None,
            1,
            1,
            time_text(NOON),
            "below threshold",
            "quiet",
            0.125,
            '[{"name":"severity","value":0.625,"sentence":"Injury is alleged."}]',
        ),
        (
            1,
            1,
            None,
            time_text(after(minutes=1)),
            "first alert",
            "warning",
            0.625,
            '[{"name":"severity","value":0.625,"sentence":"Injury is alleged."}]',
        ),
    ]


def test_the_parts_of_an_incident_are_those_of_its_newest_decision(store: SqliteStore) -> None:
    newest = (
        Part(name="a", value=0.5, sentence="Größer."),
        Part(name="b", value=0.125, sentence=""),
    )
    store.record_assessment(
        replace(opening(), decisions=(decision(), decision(parts=newest), decision(None)))
    )
    assert store.parts(1) == newest


def test_an_alert_and_its_deliveries_are_written_with_the_incident(
    store: SqliteStore, path: Path
) -> None:
    store.record_assessment(opening(1, "ops", "board"))
    assert ask(path, "SELECT incident_id, type, level, created_at, body FROM alerts") == [
        (1, "incident.opened", "warning", time_text(NOON), alert().body)
    ]
    assert ask(
        path,
        "SELECT alert_id, webhook, state, attempt, next_attempt_at, delivered_at FROM deliveries",
    ) == [
        (1, "ops", "pending", 0, time_text(NOON), None),
        (1, "board", "pending", 0, time_text(NOON), None),
    ]


def test_actions_of_the_monitor_itself_are_logged(store: SqliteStore, path: Path) -> None:
    store.record_assessment(replace(opening(), actions=(act("merge"), act("note"))))
    assert ask(path, "SELECT verb FROM actions ORDER BY id") == [("merge",), ("note",)]


def test_an_operational_alert_has_no_incident(store: SqliteStore, path: Path) -> None:
    assert store.last_alert_at("monitor.heartbeat") is None
    for hours in (5, 3):
        beat = alert(
            None, "ops", type="monitor.heartbeat", level=None, created_at=after(hours=hours)
        )
        store.add_alerts([beat])
    store.add_alerts([alert(None, type="source.blind", created_at=after(hours=9))])
    assert store.last_alert_at("monitor.heartbeat") == after(hours=5)
    assert ask(path, "SELECT DISTINCT incident_id FROM alerts") == [(None,)]


# --- evidence


def test_evidence_shows_the_worst_first_and_each_text_once(
    store: SqliteStore, news: SourceState
) -> None:
    said = [
        mention("mild"),
        mention("grave", title="Hurt", text="The step broke", engagement={"likes": 5}),
        mention(
            "copy",
            fingerprint="print grave",
            author="Bob",
            published_at=after(minutes=-9),
            repost_of="grave",
        ),
        mention("aside"),
        mention("unread"),
        mention("elsewhere"),
    ]
    store.record_poll(poll(news, *said))
    verdicts: dict[int, Verdict] = {
        1: verdict(),
        2: verdict(severity=4.0, alarm=0.9),
        3: verdict(severity=4.0, alarm=1.0),
        4: verdict(severity=4.0, alarm=0.9, about=0.05),
        6: verdict(severity=4.0),
    }
    store.record_assessment(
        replace(
            opening(),
            verdicts=tuple(verdicts.items()),
            members=tuple((1, id_) for id_ in range(1, 6)),
        )
    )
    shown = store.evidence(1, 5)
    assert [one.mention_id for one in shown] == [2, 1, 4, 5]
    worst = shown[0]
    assert (worst.url, worst.source, worst.author) == ("https://example.org/grave", "news", "Ann")
    assert (worst.published_at, worst.first_seen_at) == (NOON, NOON)
    assert worst.text == "Hurt.\nThe step broke"
    assert worst.engagement == {"likes": 5.0}
    assert [one.mention_id for one in store.evidence(1, 2)] == [2, 1]
    assert store.evidence(2, 5) == ()


@pytest.mark.parametrize(
    "worse",
    [
        {"about": 1.0},
        {"alarm": 0.5},
        {"stance": Stance(negative=0.9, neutral=0.1, positive=0.0)},
        {"firsthand": 1.0},
        {"severity": 3.0},
    ],
)
def test_each_thing_that_makes_evidence_worse_counts(
    store: SqliteStore, news: SourceState, worse: dict[str, Any]
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_assessment(
        replace(
            opening(),
            verdicts=((1, verdict()), (2, verdict(**worse))),
            members=((1, 1), (1, 2)),
        )
    )
    assert [one.mention_id for one in store.evidence(1, 5)] == [2, 1]


def test_evidence_quotes_nobody_who_quotes_another(store: SqliteStore, news: SourceState) -> None:
    told = "Conductor of Aurora Rail pushed an old man off the train at Halden"
    quoted = (told, f"RT Evening Signal: {told}", "The step broke under me")
    store.record_poll(poll(news, *(mention(f"m{n}", text=text) for n, text in enumerate(quoted))))
    store.record_assessment(
        replace(
            opening(),
            verdicts=tuple((id_, verdict(severity=5.0 - id_)) for id_ in (1, 2, 3)),
            members=((1, 1), (1, 2), (1, 3)),
        )
    )

    assert [one.mention_id for one in store.evidence(1, 2)] == [1, 3]


@pytest.mark.parametrize(("of", "shown"), [("m0", [1]), ("never seen", [1, 2])])
def test_a_repost_is_no_evidence_beside_its_original_however_it_is_cut(
    store: SqliteStore, news: SourceState, of: str, shown: list[int]
) -> None:
    told = "Old man pushed off the train. Conductor of Aurora Rail seen on the film, police say"
    cut = mention("m1", text="Old man pushed off the train", repost_of=of)
    store.record_poll(poll(news, mention("m0", text=told), cut))
    store.record_assessment(
        replace(
            opening(),
            verdicts=((1, verdict(severity=4.0)), (2, verdict(severity=4.0))),
            members=((1, 1), (1, 2)),
        )
    )

    assert [one.mention_id for one in store.evidence(1, 5)] == shown


def test_evidence_that_was_not_understood_comes_last(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    foreign = verdict(alarm=1.0, severity=4.0, language="es", language_trained=False)
    store.record_assessment(
        replace(
            opening(), verdicts=((1, foreign), (2, verdict(alarm=0.1))), members=((1, 1), (1, 2))
        )
    )
    assert [one.mention_id for one in store.evidence(1, 5)] == [2, 1]


def test_every_field_of_an_incident_is_covered_by_the_full_one() -> None:
    plain_one = incident()
    same = [
        f.name for f in fields(Incident) if getattr(plain_one, f.name) == getattr(FULL, f.name)
    ]
    ordinary = {"brand", "title", "severity", "risk", "opened_at", "first_seen_at", "harms"}
    assert set(same) == ordinary | {"mention_count"}


def shares(store: SqliteStore) -> dict[str, tuple[float, float]]:
    return {brand: (one.mentions, one.about) for brand, one in store.name_shares().items()}


def test_what_a_name_stood_for_is_learnt_from_those_that_say_it_alone(
    store: SqliteStore, news: SourceState
) -> None:
    """Not from its outright names, an own page, a repost or what nobody could read."""
    loose = {"certain": False, "matched_by": "Aurora"}
    store.record_poll(
        poll(
            news,
            mention("1", **loose),
            mention("2", **loose, brand="Meridian Air"),
            mention("3", certain=True, matched_by="Aurora Rail"),
            mention("4", certain=False, matched_by=ASSUMED),
            mention("5", **loose, repost_of="1"),
            mention("6", **loose),
        )
    )
    store.record_assessment(read_all([1, 3, 4, 5], about=0.25))
    store.record_assessment(read_all([2], about=0.75))
    store.record_assessment(read_all([6], about=0.5, model=UNREAD))

    assert shares(store) == {"Aurora Rail": (1, 0.25), "Meridian Air": (1, 0.75)}


def test_what_a_name_stood_for_long_ago_weighs_no_more(
    store: SqliteStore, news: SourceState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_memory, "MOST", 2)
    posts = (mention(str(n), certain=False, matched_by="Aurora") for n in (1, 2, 3))
    store.record_poll(poll(news, *posts))
    for id_, about in ((1, 0.0), (2, 0.25), (3, 0.5)):
        store.record_assessment(read_all([id_], about=about))

    assert shares(store) == {"Aurora Rail": (2, 0.75)}


def test_a_mention_that_is_gone_says_something_else(store: SqliteStore, news: SourceState) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    read = store.unassessed(10)
    store._connection.execute("DELETE FROM mentions WHERE id = 2")

    assert store.changed(read) == {2}


def test_what_came_since_people_were_told_is_counted_from_the_last_that_was_told_of_it(
    store: SqliteStore, news: SourceState
) -> None:
    """Whatever else was sent of it, such as a statement that was seen."""
    store.record_poll(poll(news, mention("1"), mention("2", seen_at=after(minutes=4))))
    store.record_assessment(replace(opening(1, "ops"), members=((1, 1),)))
    joined = AssessIntent(at=after(minutes=5), members=((1, 2),))
    store.record_assessment(joined)
    seen = alert(1, "ops", type="statement.seen", created_at=after(minutes=9))
    store.add_alerts([seen])

    count, worst = store.since_told(1)
    assert count == 1
    assert worst is not None


def test_what_a_merge_brought_in_was_not_said_since_people_were_told(
    store: SqliteStore, news: SourceState
) -> None:
    said = (mention("1"), mention("2"), mention("3", seen_at=after(minutes=4)))
    store.record_poll(poll(news, *said))
    store.record_assessment(replace(opening(1, "ops"), members=((1, 1),)))
    store.record_assessment(AssessIntent(at=after(minutes=5), members=((1, 2), (1, 3))))

    count, worst = store.since_told(1)
    assert count == 1
    assert worst is not None
    assert worst.text == "Aurora Rail left us, part 3"


def test_an_opinion_knows_its_story_and_what_was_counted_on_it_at_most(
    store: SqliteStore, news: SourceState
) -> None:
    liked = mention("2", engagement={"likes": 3000.0, "reposts": -1.0})
    store.record_poll(poll(news, mention("1"), liked))
    kind = tuple((id_, verdict(harms={"praise": 0.9})) for id_ in (1, 2))
    store.record_assessment(
        AssessIntent(at=NOON, verdicts=kind, filed=(filed(1), filed(2, how="same words")))
    )
    found = store.opinions(NOON, after(hours=1))
    assert [(one.story, one.likes, one.reposts) for one in found] == [(1, 0, 0), (1, 3000, 0)]


def test_a_clock_that_was_set_back_makes_no_story_older(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    read = AssessIntent(at=after(hours=2), verdicts=((1, verdict()),), filed=(filed(1),))
    store.record_assessment(read)
    store.record_assessment(replace(read, at=NOON, verdicts=((2, verdict()),), filed=(filed(2),)))

    assert [one.mention.id for one in store.remembered(after(hours=1))] == [1, 2]
