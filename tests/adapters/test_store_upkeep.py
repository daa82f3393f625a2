"""Pruning keeps what matters and takes nothing in again; numbers for the metrics."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.adapters.connect import connect_new
from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.outbox import DeliveryState
from monitor.core.polling import NewMention, OwnedPost, PageIntent, SourceState
from tests.adapters.store_values import (
    BRAND,
    NOON,
    after,
    alert,
    ask,
    attempt,
    count,
    decision,
    filed,
    incident,
    mention,
    opening,
    poll,
    read_all,
    source,
    troubles,
)


def old(native_id: str = "1") -> NewMention:
    """A mention seen 400 days before noon."""
    return mention(native_id, seen_at=after(days=-400), engagement={"likes": 3})


def test_old_mentions_go_with_all_that_hangs_on_them(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, old("1"), mention("2"), at=after(days=-400)))
    store.record_assessment(
        replace(
            read_all([1]),
            at=after(days=-400),
            decisions=(decision(None, at=after(days=-400), mention_id=1),),
        )
    )
    assert store.prune(before=after(days=-399), limit=100).mentions == 1
    for table in ("engagement", "verdicts", "story_mentions", "stories", "decisions"):
        assert count(path, table) == 0, table
    assert ask(path, "SELECT native_id FROM mentions") == [("2",)]
    assert [m.native_id for m in store.unassessed(10)] == ["2"]
    assert troubles(store.path) == ()


def test_pruned_mentions_are_not_found_any_more(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, old()))
    store.prune(before=NOON, limit=100)
    assert ask(path, "SELECT count(*) FROM mentions_fts WHERE mentions_fts MATCH 'aurora'") == [
        (0,)
    ]
    # The index agrees with its table: https://sqlite.org/fts5.html#the_integrity_check_command
    store._connection.execute("INSERT INTO mentions_fts(mentions_fts) VALUES('integrity-check')")


def test_incidents_keep_their_evidence_and_their_decisions(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, old("1"), old("2")))
    store.record_assessment(
        AssessIntent(
            at=after(days=-400),
            filed=(filed(1, 1), filed(2, 2)),
            incidents=((incident(), 1),),
            members=((1, 1),),
            decisions=(decision(at=after(days=-400), mention_id=2),),
        )
    )
    assert store.prune(before=NOON, limit=100).mentions == 1
    assert [one.mention_id for one in store.evidence(1, 5)] == [1]
    assert ask(path, "SELECT incident_id, mention_id FROM decisions") == [(1, None)]
    assert store.story_of(1) == 1
    assert store.next_story_id() == 3


def test_an_incident_keeps_its_story_though_no_mention_is_left_in_it(
    store: SqliteStore, path: Path
) -> None:
    store.record_assessment(replace(opening(1), at=after(days=-400)))
    store.prune(before=NOON, limit=100)
    assert count(path, "stories") == 1
    assert store.story_of(1) == 1


def test_what_is_younger_stays(store: SqliteStore, news: SourceState, path: Path) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(replace(read_all([1]), decisions=(decision(None),)))
    assert store.prune(before=NOON, limit=100).mentions == 0
    for table in ("mentions", "verdicts", "stories", "decisions", "polls"):
        assert count(path, table) == 1, table


def test_a_long_history_is_pruned_in_small_steps_oldest_first(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    ages = {"1": 1, "2": 5, "3": 4, "4": 2, "5": 3}
    seen = (replace(old(i), seen_at=after(days=-400 - age)) for i, age in ages.items())
    store.record_poll(poll(news, *seen))
    first = store.prune(before=NOON, limit=2)
    assert ask(path, "SELECT native_id FROM mentions") == [("1",), ("4",), ("5",)]
    steps = (first, *(store.prune(before=NOON, limit=2) for _ in range(2)))
    assert [(one.mentions, one.is_more) for one in steps] == [(2, True), (2, True), (1, False)]


def test_a_story_stays_while_a_mention_of_it_is_left(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, *(old(str(i)) for i in range(3))))
    store.record_assessment(replace(read_all([1, 2, 3]), at=after(days=-400)))
    for left in (1, 0):
        store.prune(before=NOON, limit=2)
        assert (count(path, "story_mentions"), count(path, "stories")) == (left, left)


def test_a_source_that_goes_on_showing_a_pruned_item_brings_nothing_new(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, old()))
    store.prune(before=after(days=-30), limit=100)
    shown_again = mention("1", fingerprint="reworded", text="reworded")
    assert store.record_poll(poll(news, shown_again)) == 0
    assert ask(path, "SELECT native_id, at FROM forgotten") == [("1", time_text(NOON))]
    store.prune(before=after(days=29), limit=100)
    assert store.record_poll(poll(news, shown_again)) == 0, "it was shown a month ago"
    store.prune(before=after(days=31), limit=100)
    assert store.record_poll(poll(news, shown_again)) == 1, "not shown for longer than that"


def test_a_pruned_item_keeps_out_no_other_of_the_same_id(store: SqliteStore) -> None:
    """Of another brand that it names by now, or of another source that counts from 1 as well."""
    store.sync_sources([source(), source("blog", "https://example.org/b")], now=NOON)
    news, blog = store.source_states()
    store.record_poll(poll(news, old()))
    store.prune(before=after(days=-30), limit=100)
    assert store.record_poll(poll(blog, mention())) == 1
    assert store.record_poll(poll(news, mention(), mention(brand="Borealis Air"))) == 1


def test_the_log_of_polls_is_kept_for_a_month(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    assert store.prune(before=after(days=-400), limit=100).mentions == 0
    for days in (-31, -30, 0):
        store.record_poll(poll(news, at=after(days=days)))
    store.prune(before=after(days=-400), limit=100)
    assert ask(path, "SELECT at FROM polls") == [
        (time_text(after(days=-30)),),
        (time_text(NOON),),
    ]


def test_a_log_of_polls_is_pruned_in_small_steps_until_nothing_is_left(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    """A source that is asked every second leaves more in an hour than one step takes away."""
    for days in (-34, -33, -32, -31, 0):
        store.record_poll(poll(news, at=after(days=days)))
    steps = [store.prune(before=after(days=-400), limit=3) for _ in range(2)]
    assert [(one.mentions, one.is_more) for one in steps] == [(0, True), (0, False)]
    assert ask(path, "SELECT at FROM polls") == [(time_text(NOON),)]


def test_so_is_what_was_decided_of_mentions_that_are_gone(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    at = after(days=-400)
    store.record_poll(poll(news, old()))
    silent = tuple(decision(None, at=at) for _ in range(5))
    store.record_assessment(replace(read_all([1]), decisions=silent))
    steps = [store.prune(before=NOON, limit=3).is_more for _ in range(2)]
    assert (steps, count(path, "decisions")) == ([True, False], 0)


def test_a_poll_that_a_clock_ahead_has_dated_takes_no_other_along(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    for at in (NOON, after(days=60)):
        store.record_poll(poll(news, at=at))
    store.record_heartbeat(now=after(hours=1))
    store.prune(before=after(days=-400), limit=100)
    assert count(path, "polls") == 2


def test_of_a_source_that_is_silent_the_polls_of_its_last_four_weeks_of_news_are_kept(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    for days in (-100, -89, -62, -61, -61, -33, 0):
        is_news = days in {-100, -89, -61}
        store.record_poll(replace(poll(news, at=after(days=days)), changed=is_news))
    store.prune(before=after(days=-400), limit=100)
    kept = [time_text(after(days=days)) for days in (-89, -61, -61, 0)]
    assert ask(path, "SELECT at FROM polls") == [(at,) for at in kept]


def test_another_source_that_goes_on_does_not_shorten_that(store: SqliteStore, path: Path) -> None:
    store.sync_sources([source(), source("blog", "https://example.org/b")], now=NOON)
    silent, busy = store.source_states()
    for state, days in ((silent, -61), (busy, 0)):
        store.record_poll(replace(poll(state, at=after(days=days)), changed=True))
    store.prune(before=after(days=-400), limit=100)
    assert count(path, "polls") == 2


def test_pages_that_pruning_frees_go_back_to_the_disk(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, *(replace(old(str(i)), text="x" * 4000) for i in range(300))))
    before = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store.prune(before=NOON, limit=1000)
    assert store._connection.execute("PRAGMA page_count").fetchone()[0] < before / 2
    assert troubles(store.path) == ()


def test_the_metrics_count_backlog_and_outbox(store: SqliteStore, news: SourceState) -> None:
    assert store.counts() == {
        "backlog": 0,
        "deliveries_pending": 0,
        "deliveries_dead": 0,
        "oldest_pending_at": None,
    }
    store.record_poll(poll(news, mention("1"), mention("2"), mention("3")))
    store.record_assessment(read_all([1]))
    store.record_assessment(opening(1, "ops", "board", "phone"))
    store.add_alerts([alert(None, "ops", created_at=after(hours=-1), due=after(hours=5))])
    store.record_attempt(attempt(1, DeliveryState.DEAD))
    store.add_alerts([alert(None, "ops", created_at=after(hours=-2))])
    store.record_attempt(attempt(5, DeliveryState.DELIVERED))
    assert store.counts() == {
        "backlog": 2,
        "deliveries_pending": 3,
        "deliveries_dead": 1,
        "oldest_pending_at": time_text(after(hours=-1)),
    }


def test_the_last_heartbeat_is_kept(store: SqliteStore, path: Path) -> None:
    for hours in (1, 2):
        store.record_heartbeat(now=after(hours=hours))
    assert ask(path, "SELECT name, at FROM heartbeats") == [("daemon", time_text(after(hours=2)))]


# --- a clock that is set back


def planned(path: Path) -> list[object]:
    statement = "SELECT next_poll_at FROM sources UNION ALL SELECT next_attempt_at FROM deliveries"
    return [at for (at,) in ask(path, statement)]


def test_what_a_clock_that_ran_ahead_has_planned_comes_nearer_when_it_is_set_back(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    ahead = after(hours=9)
    store.record_heartbeat(now=ahead)
    store.reserve_poll(news.id, until=after(hours=9, minutes=5))
    store.add_alerts([alert(None, "ops", due=ahead, created_at=ahead) for _ in range(2)])
    again = attempt(2, DeliveryState.PENDING, at=ahead, next_attempt_at=after(hours=9, minutes=1))
    store.record_attempt(again)

    assert store.record_heartbeat(now=NOON) == timedelta(hours=9)
    expected = [after(minutes=5), NOON, after(minutes=1)]
    assert planned(path) == [time_text(at) for at in expected]
    assert store.record_heartbeat(now=after(seconds=2)) == timedelta(0)


def test_what_quiet_hours_hold_is_held_until_their_end_whatever_the_clock_did(
    store: SqliteStore, path: Path
) -> None:
    store.record_heartbeat(now=after(hours=2))
    store.add_alerts([alert(None, "ops", due=after(hours=7), created_at=after(hours=2))])
    store.record_heartbeat(now=NOON)
    assert planned(path)[-1] == time_text(after(hours=7))


def test_a_clock_that_is_set_right_by_seconds_changes_nothing(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_heartbeat(now=after(seconds=59))
    store.reserve_poll(news.id, until=after(minutes=5))
    assert store.record_heartbeat(now=NOON) == timedelta(0)
    assert planned(path) == [time_text(after(minutes=5))]


def on_disk(path: Path, words: str) -> list[str]:
    """The files of the database in which these words stand somewhere."""
    files = sorted(path.parent.glob(f"{path.name}*"))
    return [file.name for file in files if words.encode() in file.read_bytes()]


def full_text(store: SqliteStore, word: str) -> bool:
    """Whether a word stands in the raw blocks of the search index."""
    statement = "SELECT count(*) FROM mentions_fts_data WHERE instr(block, CAST(? AS BLOB))"
    return bool(store._connection.execute(statement, (word,)).fetchone()[0])


def test_what_was_blanked_stands_nowhere_in_the_files(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    said = "Zanzibar quokka " * 40
    store.record_poll(poll(news, mention("1", text=said), mention("2")))
    store.record_page(PageIntent(source=news, at=NOON, deleted=("1",)))
    assert on_disk(path, "Zanzibar quokka") == ["monitor.db-wal"]
    assert full_text(store, "quokka")

    store.wipe(since=NOON)
    assert on_disk(path, "Zanzibar quokka") == []
    assert not full_text(store, "quokka")
    assert ask(path, "SELECT rowid FROM mentions_fts WHERE mentions_fts MATCH 'aurora'") == [(2,)]
    assert troubles(store.path) == ()


def test_nor_does_a_statement_that_was_taken_back(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    said = OwnedPost(
        native_id="1", brand=BRAND, url=None, title=None, text="Zanzibar quokka", at=NOON
    )
    store.record_poll(poll(news, owned=(said,)))
    store.record_page(PageIntent(source=news, at=NOON, deleted=("1",)))
    store.wipe(since=NOON)
    assert on_disk(path, "Zanzibar quokka") == []


def test_what_was_deleted_is_overwritten_in_the_file_whatever_the_release_of_sqlite(
    store: SqliteStore,
) -> None:
    [(secure,)] = store._connection.execute("PRAGMA secure_delete")
    assert secure == 1


def test_nothing_is_wiped_where_nothing_was_blanked_lately(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention("1")))
    store.record_page(PageIntent(source=news, at=NOON, deleted=("1",)))
    store.wipe(since=after(days=1))
    assert on_disk(path, "Aurora Rail left us") == ["monitor.db-wal"]


def test_a_reader_keeps_the_log_and_the_next_time_wipes_it(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store._connection.execute("PRAGMA busy_timeout = 0")
    store.record_poll(poll(news, mention("1")))
    with closing(connect_new(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM mentions").fetchone()
        store.record_page(PageIntent(source=news, at=NOON, deleted=("1",)))
        assert not store.wipe()
        assert on_disk(path, "Aurora Rail left us") == ["monitor.db-wal"]
    assert store.wipe()
    assert on_disk(path, "Aurora Rail left us") == []
