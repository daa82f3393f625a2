"""A person asks to be forgotten: nothing of them is left in the file, and the figures stay."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters import store_chain, store_person
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.chain import broken, differing
from monitor.core.filing import AssessIntent
from monitor.core.forgetting import Asked, Forgotten, Person
from monitor.core.polling import OwnedPost, SourceState
from monitor.core.types import DELETED
from monitor.errors import NotFoundError
from tests.adapters.store_values import (
    BRAND,
    NOON,
    act,
    after,
    alert,
    decision,
    filed,
    incident,
    mention,
    opening,
    poll,
    source,
    troubles,
    verdict,
)

SAID = "Crew of Aurora Rail left my grandmother in the cold"
URL = "https://social.example/@ann/1"


def forget(store: SqliteStore, *names: str, minutes: float = 9, **asked: Any) -> Forgotten:
    person = Person.of(names or ["@ann"])
    return store.forget(Asked(person=person, **asked), now=after(minutes=minutes))


def rows(store: SqliteStore, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store._connection.execute(statement)]


def hers(number: int = 1, **changes: object):
    ordinary = {"author": "Ann", "url": URL, "text": SAID, "fingerprint": "hers"}
    return mention(f"@ann/{number}", **{**ordinary, **changes})


def body(*pieces: dict[str, object], brief: str = "") -> str:
    data = {"incident": {"title": SAID}, "brief": brief, "evidence": list(pieces)}
    return json.dumps({"data": data}, ensure_ascii=False, separators=(",", ":"))


PIECE: dict[str, object] = {"url": URL, "author": "Ann", "source": "news", "text": SAID}


@pytest.fixture
def told(store: SqliteStore, news: SourceState) -> SqliteStore:
    """An incident that is called by what she said, and quotes her; one more post, by Bo."""
    bo = mention("2", author="Bo", text="Aurora Rail let people freeze")
    store.record_poll(poll(news, hers(engagement={"likes": 3}), bo))
    read = tuple((id_, verdict(vector=b"12")) for id_ in (1, 2))
    store.record_assessment(AssessIntent(at=NOON, verdicts=read, filed=(filed(1), filed(2))))
    moved = decision(
        parts=(replace(decision().parts[0], sentence="Moved by it. Moved most by “grandmother”."),)
    )
    store.record_assessment(
        AssessIntent(
            at=NOON,
            incidents=((incident(title=SAID, author_count=2), 1),),
            members=((1, 1), (1, 2)),
            decisions=(moved,),
            alerts=(alert(1, "ops", body=body(PIECE, brief=f"Said: “{SAID}”")),),
        )
    )
    return store


def everything(store: SqliteStore) -> str:
    """But for the search index, whose words go when its parts are merged: see below."""
    named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'mentions_fts*'"
    tables = [name for (name,) in rows(store, named)]
    return repr([rows(store, f"SELECT * FROM {table}") for table in tables])  # noqa: S608 - ours


def test_nothing_that_she_said_nor_who_said_it_or_where_is_left(told: SqliteStore):
    assert all(word in everything(told) for word in ("grandmother", "Ann", "@ann"))
    forget(told)

    found = everything(told)
    assert [word for word in ("grandmother", "Ann", "@ann") if word in found] == []
    assert "Bo" in found


def test_not_a_byte_of_it_is_left_in_the_file_or_in_the_log_beside_it(
    told: SqliteStore, path: Path
):
    forget(told)
    assert told.wipe()

    files = [one.read_bytes() for one in path.parent.glob("monitor.db*")]
    assert [word for word in (b"grandmother", b"@ann") for one in files if word in one] == []


def test_the_figures_of_the_past_stay(told: SqliteStore):
    figures = (
        "SELECT mention_count, author_count, risk, severity FROM incidents",
        "SELECT count(*) FROM mentions",
        "SELECT about, negative, alarm, harms FROM verdicts",
        "SELECT incident_id, mention_id FROM incident_mentions",
        "SELECT name, value FROM engagement",
        "SELECT substr(said_at, 1, 10), count(*) FROM mentions GROUP BY 1",
        "SELECT level, risk, reason FROM decisions",
    )
    before = [rows(told, one) for one in figures]
    forget(told)

    assert [rows(told, one) for one in figures] == before


def test_it_is_told_in_numbers(told: SqliteStore):
    assert forget(told) == Forgotten(
        authors=(("Ann", "news", 1),), mentions=1, titles=1, alerts=1, decisions=1
    )


def test_it_is_logged_without_a_name(told: SqliteStore):
    forget(told, actor="kim")

    said = "mention 1 was forgotten, as a person asked: its words are blanked here"
    assert ("kim", "forget", said) in rows(told, "SELECT actor, verb, text FROM actions")
    assert rows(told, "SELECT deleted_at FROM mentions WHERE id = 1") == [
        (time_text(after(minutes=9)),)
    ]


def test_evidence_stays_whole(told: SqliteStore):
    forget(told)

    assert rows(told, "SELECT body FROM alerts") != []
    (piece,) = json.loads(str(rows(told, "SELECT body FROM alerts")[0][0]))["data"]["evidence"]
    assert piece == {"url": None, "author": None, "source": "news", "text": DELETED}
    lines = store_chain.lines(told._connection, 1)
    assert [*broken(lines), *differing(lines, store_chain.held(told._connection, 1))] == []
    assert troubles(told.path) == ()


def test_a_trial_changes_nothing_and_says_the_same(told: SqliteStore):
    before = everything(told)
    trial = forget(told, is_trial=True)

    assert everything(told) == before
    assert trial == forget(told)


def test_the_same_post_does_not_come_back(told: SqliteStore, news: SourceState):
    forget(told)
    before = rows(told, "SELECT * FROM mentions")

    again = hers(engagement={"likes": 9}), hers(text="edited", fingerprint="other")
    assert told.record_poll(poll(news, *again, at=after(minutes=10))) == 0
    assert rows(told, "SELECT * FROM mentions") == before
    assert told.record_poll(poll(news, hers(2, text="another"), at=after(minutes=11))) == 1


def test_nor_under_another_id(told: SqliteStore, news: SourceState):
    forget(told)

    renamed = replace(poll(news, hers(7), at=after(minutes=10)), renames=True)
    assert told.record_poll(renamed) == 0
    assert told.record_poll(replace(renamed, mentions=(hers(8, text="x", fingerprint="x"),))) == 1


def test_nor_when_it_was_pruned_and_is_shown_for_ever(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, hers()))
    forget(store)
    for days in (400, 420, 440, 460, 480, 500):
        store.prune(before=after(days=days), limit=100)
        late = hers(seen_at=after(days=days), published_at=after(days=days))
        assert store.record_poll(poll(news, late, at=after(days=days))) == 0
    assert rows(store, "SELECT count(*) FROM mentions") == [(0,)]


def test_what_passes_it_on_goes_with_it_and_does_not_come_later(
    store: SqliteStore, news: SourceState
):
    passed = mention("p", author="Cy", repost_of="@ann/1", text=SAID, fingerprint="hers")
    typed = mention("t", author="Di", text=f"RT @ann: {SAID}", fingerprint="hers")
    alike = mention("a", author="Ed", text=SAID, fingerprint="hers")
    store.record_poll(poll(news, hers(), passed, typed, alike))
    done = forget(store)

    assert (done.mentions, done.passed_on) == (1, 2)
    assert rows(store, "SELECT author, text FROM mentions WHERE text <> ''") == [("Ed", SAID)]
    assert "@ann" not in everything(store)
    [(original,)] = rows(store, "SELECT native_id FROM mentions WHERE id = 1")
    assert rows(store, "SELECT repost_of FROM mentions WHERE id = 2") == [(original,)]
    late = replace(passed, native_id="q")
    assert store.record_poll(poll(news, late, at=after(minutes=10))) == 0


def test_all_sources_or_the_one_that_is_named(store: SqliteStore):
    store.sync_sources([source(), source("forum", "https://forum.example/")], now=NOON)
    for state in store.source_states():
        store.record_poll(poll(state, hers()))

    assert forget(store, source="forum").mentions == 1
    assert rows(store, "SELECT author FROM mentions ORDER BY id") in (
        [("Ann",), (None,)],
        [(None,), ("Ann",)],
    )
    assert forget(store).mentions == 1
    with pytest.raises(NotFoundError, match="no source 'blog'"):
        forget(store, source="blog")


def test_what_others_say_of_her_goes_only_if_it_is_asked_for(
    store: SqliteStore, news: SourceState
):
    named = mention("2", author="Bo", text="Poor @ann, says Ann Example of Aurora Rail")
    store.record_poll(poll(news, named, mention("3", author="Cy", text="annual report")))
    sorry = OwnedPost(
        native_id="s",
        brand=BRAND,
        url="https://a.example/s",
        title=None,
        text="Sorry, @ann!",
        at=NOON,
    )
    store.record_poll(replace(poll(news), owned=(sorry,)))

    assert forget(store) == Forgotten(named_left=2)
    done = forget(store, named=True)
    assert (done.named, done.statements, done.named_left) == (1, 1, 0)
    assert "ann" not in everything(store).replace("annual", "")
    assert store.record_poll(poll(news, named, at=after(minutes=20))) == 0


def test_titles_alerts_and_reasons_lose_her_name_with_that(told: SqliteStore, news: SourceState):
    part = replace(decision().parts[0], sentence="Said of Ann Example.")
    told.record_assessment(
        AssessIntent(
            at=NOON,
            incidents=((incident(2, title="Ann Example was hurt"), 2),),
            decisions=(decision(2, story_id=2, parts=(part,)),),
            alerts=(alert(2, "ops", body=body(brief="Ann Example was hurt")),),
        )
    )
    done = forget(told, "Ann Example", named=True)

    assert (done.titles, done.alerts, done.decisions) == (1, 1, 1)
    assert "Ann Example" not in everything(told)
    assert rows(told, "SELECT title FROM incidents WHERE id = 2") == [("[deleted] was hurt",)]
    reasons = rows(told, "SELECT parts ->> '$[0].sentence' FROM decisions WHERE story_id = 2")
    assert reasons == [("Said of [deleted].",)]


def test_an_alert_that_quotes_what_was_pruned_since_is_blanked(told: SqliteStore):
    told._connection.execute("PRAGMA foreign_keys = OFF")
    told._connection.execute("DELETE FROM mentions WHERE id = 1")

    assert forget(told).alerts == 1
    assert "Ann" not in everything(told)


def test_notes_of_people_are_told_and_left_alone(told: SqliteStore):
    told.record_action(told.incident(1), act("note", text="Called @ann, she is well"))  # type: ignore[arg-type]

    assert forget(told).notes_in == (1,)
    assert rows(told, "SELECT text FROM actions WHERE verb = 'note'") == [
        ("Called @ann, she is well",)
    ]


def test_an_address_that_was_kept_when_a_post_was_deleted_goes(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, hers()))
    store.record_poll(replace(poll(news, at=after(minutes=5)), deleted=("@ann/1",)))
    assert URL in everything(store)

    assert forget(store) == Forgotten(addresses=1)
    assert "@ann" not in everything(store)
    assert store.record_poll(poll(news, hers(), at=after(minutes=10))) == 0


def test_who_is_not_here_is_not_found_and_who_is_called_alike_is_told(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, hers(author="ann@social.example")))

    done = forget(store)
    assert not done.is_anything
    assert done.alike == (("ann@social.example", "news", 1),)
    assert not forget(store, "Nobody").alike


def test_one_that_is_cut_off_is_finished_by_the_next(
    store: SqliteStore, news: SourceState, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_person, "_AT_ONCE", 1)
    passed = mention("p", author="Cy", repost_of="@ann/1", text=SAID, fingerprint="hers")
    store.record_poll(poll(news, hers(), passed))
    found = store_person.plan(store._connection, Asked(person=Person.of(["@ann"])))

    assert list(found.parts) == [(2,), (1,), ()], "her own last: by it the rest is found again"


def test_a_waiting_alert_goes_out_without_her(told: SqliteStore):
    [before] = told.due_deliveries(after(minutes=10), 10)
    forget(told)
    [waiting] = told.due_deliveries(after(minutes=10), 10)

    assert (waiting.id, "Ann" in before.body, "Ann" in waiting.body) == (before.id, True, False)


def test_a_post_by_two_accounts_that_say_the_same_is_quoted_no_more(
    store: SqliteStore, news: SourceState
):
    """Each of them would keep the quotation of the other, as the words of somebody else."""
    store.record_poll(poll(news, hers(1), hers(2, url="https://social.example/@ann/2")))
    store.record_assessment(opening(1, title=SAID))
    for mention_id in (1, 2):
        values = (mention_id, time_text(NOON))
        store._connection.execute("INSERT INTO incident_mentions VALUES (1, ?, ?)", values)
    store.add_alerts((alert(1, body=body(brief=f"Said: “{SAID}”")),))
    forget(store)

    assert "grandmother" not in everything(store)
