"""A post that is deleted where it was said: its words go, its weight stays."""

from __future__ import annotations

from dataclasses import replace

from monitor.adapters.query_search import MentionFilter, find_mentions
from monitor.adapters.query_why import show_incident, why_mention
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.polling import PageIntent, Reread, SourceState
from monitor.core.types import DELETED
from tests.adapters.store_values import (
    NOON,
    after,
    filed,
    mention,
    opening,
    poll,
    verdict,
)


def rows(store: SqliteStore, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store._connection.execute(statement)]


def delete(store: SqliteStore, state: SourceState, *ids: str, minutes: float = 5) -> int:
    at = after(minutes=minutes)
    return store.record_page(PageIntent(source=state, at=at, deleted=ids))


def words(store: SqliteStore) -> list[tuple[object, ...]]:
    return rows(store, "SELECT native_id, title, text, author FROM mentions ORDER BY id")


def judged(store: SqliteStore, news: SourceState) -> None:
    """One mention, read, filed, and part of an incident."""
    store.record_poll(poll(news, mention("1", title="Late", engagement={"likes": 3})))
    store.record_assessment(AssessIntent(at=NOON, verdicts=((1, verdict()),), filed=(filed(1),)))
    store.record_assessment(opening(1))
    store._connection.execute("INSERT INTO incident_mentions VALUES (1, 1, ?)", (time_text(NOON),))


def test_its_words_and_author_are_blanked_and_when_is_kept(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1", title="Late"), mention("2")))
    delete(store, news, "1")

    assert words(store) == [
        ("1", None, "", None),
        ("2", None, "Aurora Rail left us, part 2", "Ann"),
    ]
    assert rows(store, "SELECT deleted_at, fingerprint FROM mentions") == [
        ("2026-11-22T12:05:00.000000Z", "print 1"),
        (None, "print 2"),
    ]


def test_it_is_no_longer_found_by_its_words(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1", text="a frozen train")))
    delete(store, news, "1")

    found = "SELECT rowid FROM mentions_fts WHERE mentions_fts MATCH 'frozen'"
    assert rows(store, found) == []


def test_what_was_read_of_it_and_where_it_belongs_stays(store: SqliteStore, news: SourceState):
    judged(store, news)
    delete(store, news, "1")

    assert rows(store, "SELECT count(*) FROM verdicts") == [(1,)]
    assert rows(store, "SELECT story_id FROM story_mentions") == [(1,)]
    assert rows(store, "SELECT incident_id FROM incident_mentions") == [(1,)]
    assert rows(store, "SELECT name, value FROM engagement") == [("likes", 3.0)]


def test_its_incident_says_so_once(store: SqliteStore, news: SourceState):
    judged(store, news)
    delete(store, news, "1")
    delete(store, news, "1", minutes=9)

    said = "mention 1 was deleted by its author or the network: its words are blanked here"
    assert rows(store, "SELECT actor, verb, text, at FROM actions") == [
        ("monitor", "blank", said, "2026-11-22T12:05:00.000000Z")
    ]
    assert rows(store, "SELECT deleted_at FROM mentions") == [("2026-11-22T12:05:00.000000Z",)]


def test_what_was_not_read_yet_is_not_read_any_more(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1")))
    delete(store, news, "1")

    assert store.unassessed(10) == ()


def test_it_does_not_rise_again(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1")))
    delete(store, news, "1")

    assert store.record_poll(poll(news, mention("1", engagement={"likes": 9}))) == 0
    assert store.record_poll(poll(news, mention("1", text="edited", fingerprint="other"))) == 0
    assert words(store) == [("1", None, "", None)]
    assert rows(store, "SELECT count(*) FROM engagement") == [(0,)]
    assert store.unassessed(10) == ()


def test_it_does_not_rise_again_when_its_feed_gives_new_ids(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1")))
    delete(store, news, "1")

    renamed = mention("new id", text="Aurora Rail left us, part 1", fingerprint="print 1")
    redated = replace(renamed, url="https://example.org/1", published_at=after(minutes=9))
    for one in (renamed, redated):
        assert store.record_poll(replace(poll(news, one), renames=True)) == 0
    assert words(store) == [("1", None, "", None)]


def test_all_brands_that_it_named_are_blanked(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1"), mention("1", brand="Other")))
    delete(store, news, "1")

    assert words(store) == [("1", None, "", None)] * 2


def test_a_post_of_another_source_is_left_alone(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1")))
    delete(store, replace(news, id=news.id + 1), "1")

    assert words(store)[0][2] != ""


def test_deleting_what_nobody_knows_does_nothing(store: SqliteStore, news: SourceState):
    assert delete(store, news, "9") == 0
    assert words(store) == []


def test_the_cursor_is_written_with_what_its_page_brought(store: SqliteStore, news: SourceState):
    page = PageIntent(source=replace(news, cursor="{}"), at=NOON, mentions=(mention("1"),))
    assert store.record_page(page) == 1
    assert rows(store, "SELECT cursor, next_poll_at FROM sources") == [
        ("{}", "2026-11-22T12:00:00.000000Z")
    ]


def test_the_cursor_stays_where_a_page_came_beside_the_polls(
    store: SqliteStore, news: SourceState
):
    store.record_page(PageIntent(source=replace(news, cursor="{}"), at=NOON, moves=False))
    assert rows(store, "SELECT cursor FROM sources") == [("",)]


def test_the_cursor_of_an_address_that_was_changed_meanwhile_is_not_kept(
    store: SqliteStore, news: SourceState
):
    gone = replace(news, cursor="{}", url="https://example.org/before.xml")
    store.record_page(PageIntent(source=gone, at=NOON))
    assert rows(store, "SELECT cursor FROM sources") == [("",)]


def test_people_are_told_that_it_was_deleted(store: SqliteStore, news: SourceState):
    judged(store, news)
    delete(store, news, "1")

    connection = store._connection
    shown = show_incident(connection, 1)
    why = why_mention(connection, 1)
    [found] = find_mentions(connection, MentionFilter())
    assert shown is not None
    assert why is not None
    assert shown["evidence"][0]["text"] == DELETED
    assert why["mention"]["text"] == DELETED
    assert found["text"] == DELETED
    [evidence] = store.evidence(1, 5)
    assert (evidence.text, evidence.author) == (DELETED, None)


def test_nobody_takes_those_words_for_what_was_said(store: SqliteStore, news: SourceState):
    judged(store, news)
    delete(store, news, "1")

    [remembered] = store.remembered_of([1])
    assert remembered.mention.full_text == ""


def test_what_passes_it_on_goes_with_it_however_the_deletion_is_known(
    store: SqliteStore, news: SourceState
):
    """By a push, a record of a file, or counts that are read again; a stream asks on its own."""
    said = [mention("1"), mention("2"), mention("3")]
    passed = [mention(f"RT {n}", repost_of=n, author="Cy") for n in ("1", "2", "3")]
    store.record_poll(poll(news, *said, *passed))

    late = mention("RT 1 again", repost_of="1", author="Di")
    store.record_poll(replace(poll(news, late, at=after(minutes=5)), deleted=("1",)))
    gone = Reread(
        source_id=1, at=after(minutes=6), asked=("2", "3"), counts={"2": None, "3": {"likes": 1}}
    )
    assert store.record_reread(gone) == 1

    assert rows(store, "SELECT native_id, author FROM mentions WHERE text <> '' ORDER BY id") == [
        ("3", "Ann"),
        ("RT 3", "Cy"),
    ]


def test_what_passes_it_on_later_does_not_bring_its_words_back(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, mention("1")))
    store.record_poll(replace(poll(news, at=after(minutes=5)), deleted=("1",)))
    store.record_poll(poll(news, mention("RT 1", repost_of="1"), at=after(minutes=6)))

    assert words(store) == [("1", None, "", None), ("RT 1", None, "", None)]


def test_what_passes_it_on_goes_with_it_too_while_a_poll_or_a_stream_goes_on(
    store: SqliteStore, news: SourceState
):
    """By the first page of many, and by a stream that calls its posts by their pages."""
    said = [mention("1"), mention("2"), mention("3")]
    passed = [mention(f"RT {n}", repost_of=n, url=f"https://example.org/rt{n}") for n in "123"]
    store.record_poll(poll(news, *said, *passed))

    store.record_page(PageIntent(source=news, at=after(minutes=5), deleted=("1",)))
    store.record_page(PageIntent(source=news, at=after(minutes=6), deleted_pages=("2",)))

    left = rows(store, "SELECT native_id FROM mentions WHERE deleted_at IS NULL")
    assert left == [("3",), ("RT 3",)]


def test_nobody_looks_for_what_a_stream_has_named_already(store: SqliteStore, news: SourceState):
    """It asks an index for all of it, and deletes all day long."""
    store.record_poll(poll(news, mention("1"), mention("RT 1", repost_of="1")))
    store.record_page(PageIntent(source=news, at=NOON, deleted=("1",), names_reposts=True))

    assert rows(store, "SELECT native_id FROM mentions WHERE deleted_at IS NULL") == [("RT 1",)]


def test_what_a_page_passes_on_later_does_not_bring_its_words_back(
    store: SqliteStore, news: SourceState
):
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_page(PageIntent(source=news, at=after(minutes=5), deleted=("1",)))
    passed = (mention("RT 1", repost_of="1"), mention("RT 2", repost_of="2"))
    store.record_page(PageIntent(source=news, at=after(minutes=6), mentions=passed))

    left = rows(store, "SELECT native_id FROM mentions WHERE deleted_at IS NULL")
    assert left == [("2",), ("RT 2",)]
