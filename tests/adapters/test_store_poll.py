"""What a poll leaves behind: sources and when they are due, mentions taken in once, statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.adapters.rows import time_text
from monitor.adapters.store import SqliteStore
from monitor.core.filing import AssessIntent
from monitor.core.polling import NewMention, OwnedPost, SourceHealth, SourceState
from monitor.core.settings import SourceSettings
from tests.adapters.store_values import (
    BRAND,
    NOON,
    act,
    after,
    ask,
    filed,
    incident,
    mention,
    opening,
    poll,
    read_all,
    source,
    verdict,
)

RICH: dict[str, Any] = {
    "etag": 'W/"a"',
    "last_modified": "Sun, 22 Nov 2026 11:00:00 GMT",
    "next_poll_at": after(minutes=5),
    "last_success_at": NOON,
    "failures": 2,
    "state": SourceHealth.FAILING,
    "state_since": after(hours=-1),
    "note": "timed out",
    "last_unconditional_at": after(days=-3),
    "gone": 1,
    "gone_since": after(hours=-2),
    "moved_to": "https://example.org/new.xml",
    "moved": 2,
    "moved_since": after(days=-1),
    "moved_url": "https://example.org/moved.xml",
    "ttl_seconds": 1800.0,
}


def owned(native_id: str = "p1", **changes: object) -> OwnedPost:
    post = OwnedPost(
        native_id=native_id,
        brand=BRAND,
        url="https://aurora.example/statement",
        title="Statement",
        text="We are sorry.",
        at=NOON,
    )
    return replace(post, **changes)  # type: ignore[arg-type]


# --- sources


def test_a_new_source_is_due_at_once(store: SqliteStore) -> None:
    (state,) = store.due_sources(NOON)
    assert (state.name, state.kind, state.url) == ("news", "feed", "https://example.org/feed.xml")
    assert (state.state, state.next_poll_at, state.state_since) == (
        SourceHealth.STALE,
        NOON,
        NOON,
    )
    assert store.due_sources(NOON - timedelta(microseconds=1)) == ()


def test_the_longest_due_comes_first(store: SqliteStore) -> None:
    store.sync_sources([source(), source("blog"), source("wire")], now=NOON)
    by_name = {state.name: state.id for state in store.source_states()}
    store.reserve_poll(by_name["news"], until=after(minutes=3))
    store.reserve_poll(by_name["wire"], until=after(minutes=2))
    store._connection.execute("UPDATE sources SET next_poll_at = NULL WHERE name = 'wire'")
    names = [state.name for state in store.due_sources(after(minutes=3))]
    assert names == ["wire", "blog", "news"]


def test_a_reserved_poll_is_not_due_again(store: SqliteStore, news: SourceState) -> None:
    store.reserve_poll(news.id, until=after(minutes=5))
    assert store.due_sources(after(minutes=4)) == ()
    assert [state.id for state in store.due_sources(after(minutes=5))] == [news.id]


def test_the_same_configuration_changes_nothing(store: SqliteStore, news: SourceState) -> None:
    store.record_poll(poll(replace(news, **RICH)))
    before = store.source_states()
    store.sync_sources([source()], now=after(hours=1))
    assert store.source_states() == before


def test_a_source_that_left_the_configuration_is_kept_but_not_asked(
    store: SqliteStore, path: Path
) -> None:
    store.sync_sources([], now=after(hours=1))
    assert store.source_states() == ()
    assert store.due_sources(after(days=1)) == ()
    assert ask(path, "SELECT name, state, state_since, note, next_poll_at FROM sources") == [
        (
            "news",
            "disabled",
            time_text(after(hours=1)),
            "taken out of the configuration",
            None,
        )
    ]
    store.sync_sources([], now=after(hours=2))
    assert ask(path, "SELECT state_since FROM sources") == [(time_text(after(hours=1)),)]


def test_a_source_that_is_renamed_goes_on_where_it_was(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(replace(news, **RICH)))
    (before,) = store.source_states()
    store.sync_sources([source("papers"), source("blog")], now=after(hours=1))
    papers, blog = store.source_states()
    assert papers == replace(before, name="papers")
    assert (blog.name, blog.state) == ("blog", SourceHealth.STALE)


def test_which_of_two_that_ask_the_same_was_renamed_is_not_guessed(store: SqliteStore) -> None:
    store.sync_sources([source(), source("blog")], now=NOON)
    known = {state.id for state in store.source_states()}
    store.sync_sources([source("papers")], now=after(hours=1))
    (papers,) = store.source_states()
    assert papers.id not in known


@pytest.mark.parametrize(
    "given", [source("papers", "https://example.org/b"), replace(source("papers"), kind="file")]
)
def test_another_address_or_kind_is_no_new_name(
    store: SqliteStore, news: SourceState, given: SourceSettings
) -> None:
    store.sync_sources([given], now=after(hours=1))
    (papers,) = store.source_states()
    assert papers.id != news.id


def test_a_source_that_was_given_up_is_revived_by_a_new_name(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(replace(news, state=SourceHealth.DISABLED)))
    store.sync_sources([source("papers")], now=after(hours=1))
    (papers,) = store.source_states()
    assert (papers.state, papers.next_poll_at) == (SourceHealth.STALE, after(hours=1))


def test_a_source_that_comes_back_starts_afresh(store: SqliteStore, news: SourceState) -> None:
    store.record_poll(poll(replace(news, **RICH)))
    store.sync_sources([], now=NOON)
    store.sync_sources([source()], now=after(hours=3))
    fresh = replace(
        news, last_success_at=NOON, next_poll_at=after(hours=3), state_since=after(hours=3)
    )
    assert store.source_states() == (fresh,)


@pytest.mark.parametrize(
    "changed",
    [
        source(url="https://example.org/other.xml"),
        replace(source(), kind="jsonfeed"),
    ],
    ids=["address", "kind"],
)
def test_a_changed_source_forgets_its_validators_and_failures(
    store: SqliteStore, news: SourceState, changed: object
) -> None:
    store.record_poll(poll(replace(news, **RICH, blind=True)))
    store.sync_sources([changed], now=after(hours=3))  # type: ignore[list-item]
    (state,) = store.source_states()
    assert (state.etag, state.last_modified, state.last_unconditional_at) == (None, None, None)
    assert (state.failures, state.gone, state.gone_since) == (0, 0, None)
    assert (state.moved_to, state.moved, state.moved_since) == (None, 0, None)
    assert (state.moved_url, state.ttl_seconds) == (None, None)
    assert (state.state, state.note, state.next_poll_at) == (
        SourceHealth.STALE,
        "not asked yet",
        after(hours=3),
    )
    assert (state.url, state.kind) == (changed.url, changed.kind)  # type: ignore[attr-defined]


def test_an_address_that_moved_for_good_survives_a_restart(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(replace(news, **RICH)))
    store.sync_sources([source()], now=after(hours=1))
    assert store.source_states()[0].moved_url == "https://example.org/moved.xml"


def test_a_source_given_up_is_not_due(store: SqliteStore, news: SourceState) -> None:
    store.record_poll(poll(replace(news, state=SourceHealth.DISABLED, note="gone for good")))
    store.sync_sources([source()], now=after(hours=1))
    assert store.due_sources(after(days=1)) == ()
    assert store.source_states()[0].note == "gone for good"


# --- the poll itself


def test_the_state_of_a_source_comes_back_as_it_was_written(
    store: SqliteStore, news: SourceState
) -> None:
    written = replace(news, **RICH)
    store.record_poll(poll(written))
    assert store.source_states() == (written,)


def test_every_poll_is_logged(store: SqliteStore, news: SourceState, path: Path) -> None:
    last_page = poll(replace(news, note="fine"), mention("1"), mention("2"), items=30, new=4)
    store.record_poll(last_page)
    failing = replace(news, note="")
    store.record_poll(
        poll(failing, at=after(minutes=5), outcome="failed", status=None, seconds=20.0)
    )
    assert ask(
        path, "SELECT source_id, at, outcome, status, items, new_items, seconds, note FROM polls"
    ) == [
        (news.id, time_text(NOON), "ok", 200, 30, 6, 0.25, "fine"),
        (news.id, time_text(after(minutes=5)), "failed", None, 0, 0, 20.0, ""),
    ]


def test_a_poll_in_flight_does_not_bring_a_removed_source_back(
    store: SqliteStore, news: SourceState
) -> None:
    store.sync_sources([], now=NOON)
    assert store.record_poll(poll(news, mention())) == 1
    assert ask(Path(store.path), "SELECT configured, state FROM sources") == [(0, "disabled")]
    assert store.unassessed_count() == 1


def test_a_poll_of_the_old_address_does_not_undo_the_new_one(
    store: SqliteStore, news: SourceState
) -> None:
    store.sync_sources([source(url="https://example.org/other.xml")], now=NOON)
    store.record_poll(poll(replace(news, etag='"of the old"')))
    (state,) = store.source_states()
    assert (state.url, state.etag) == ("https://example.org/other.xml", None)


def test_a_poll_leaves_the_mark_of_blindness_alone(store: SqliteStore, news: SourceState) -> None:
    store.record_assessment(AssessIntent(at=NOON, blind=((news.id, True),)))
    store.record_poll(poll(news))
    assert store.source_states()[0].blind
    store.record_assessment(AssessIntent(at=NOON, blind=((news.id, False),)))
    store.record_poll(poll(replace(news, blind=True)))
    assert not store.source_states()[0].blind


def test_a_source_nobody_configured_is_made_by_its_first_poll(path: Path) -> None:
    with SqliteStore.open(path) as store:
        replayed = SourceState(id=7, name="twitter", kind="twitter", url="file.jsonl")
        assert store.record_poll(poll(replayed, mention())) == 1
        assert store.unassessed(1)[0].source == "twitter"


# --- mentions


def test_a_mention_comes_back_as_it_was_written(store: SqliteStore, news: SourceState) -> None:
    new = mention(
        title="Cold",
        repost_of="0",
        certain=False,
        history=True,
        matched_by="Aurora",
        engagement={"likes": 3, "reposts": 1.0},
    )
    assert store.record_poll(poll(news, new)) == 1
    (stored,) = store.unassessed(10)
    assert stored.id == 1
    assert (stored.source_id, stored.source) == (news.id, "news")
    for field in NewMention.__dataclass_fields__:
        assert getattr(stored, field) == getattr(new, field), field


def test_a_mention_with_nothing_but_its_text_is_stored(
    store: SqliteStore, news: SourceState
) -> None:
    bare = mention(
        url=None,
        author=None,
        author_followers=None,
        language=None,
        published_at=None,
        fingerprint="",
    )
    store.record_poll(poll(news, bare, replace(bare, native_id="2")))
    assert [(m.native_id, m.url, m.published_at) for m in store.unassessed(10)] == [
        ("1", None, None),
        ("2", None, None),
    ]


def test_nothing_is_taken_in_twice(store: SqliteStore, news: SourceState) -> None:
    assert store.record_poll(poll(news, mention("1"), mention("2"))) == 2
    assert store.record_poll(poll(news, mention("2"), mention("3"))) == 1
    assert store.unassessed_count() == 3


def test_one_post_is_a_mention_for_each_brand_it_names(
    store: SqliteStore, news: SourceState
) -> None:
    assert store.record_poll(poll(news, mention(), mention(brand="Borealis Air"))) == 2


def test_the_same_id_of_another_source_is_another_mention(store: SqliteStore) -> None:
    store.sync_sources([source(), source("blog")], now=NOON)
    counts = [store.record_poll(poll(state, mention())) for state in store.source_states()]
    assert counts == [1, 1]


@pytest.mark.parametrize(
    "shown_again",
    [
        {"url": None},
        {"published_at": None},
        {"url": "https://example.org/?id=2"},
        {"published_at": after(hours=2)},
    ],
)
def test_a_feed_that_changes_all_its_ids_brings_nothing_new(
    store: SqliteStore, news: SourceState, shown_again: dict[str, object]
) -> None:
    store.record_poll(poll(news, mention("old")))
    again = mention(
        "new", **{"url": "https://example.org/old", **shown_again}, fingerprint="print old"
    )
    assert store.record_poll(poll(news, again, renames=True)) == 0
    (stored,) = store.unassessed(10)
    assert (stored.native_id, stored.url or "") == ("new", again.url or "https://example.org/old")


@pytest.mark.parametrize(
    "different",
    [
        {"fingerprint": "other"},
        {"author": "Bob"},
        {"brand": "Borealis Air"},
        {"published_at": after(seconds=1), "url": "https://example.org/2"},
        {"published_at": None, "url": None},
        {"fingerprint": ""},
    ],
)
def test_a_like_post_that_differs_in_what_matters_is_new(
    store: SqliteStore, news: SourceState, different: dict[str, object]
) -> None:
    store.record_poll(poll(news, mention("old")))
    same = {"url": "https://example.org/old", "fingerprint": "print old"}
    new = mention("new", **{**same, **different})
    assert store.record_poll(poll(news, new, renames=True)) == 1


def test_like_posts_of_a_source_whose_ids_stay_are_as_many_as_their_ids(
    store: SqliteStore, news: SourceState
) -> None:
    """Ids of records and of networks are their own, and thousands may say "late again" at once."""
    like = mention("1", url=None, author=None, fingerprint="late")
    assert store.record_poll(poll(news, like, replace(like, native_id="2"))) == 2
    assert store.record_poll(poll(news, replace(like, native_id="3", url="https://x.org/3"))) == 1


def test_like_entries_that_a_feed_shows_beside_each_other_are_two(
    store: SqliteStore, news: SourceState
) -> None:
    old, new = mention("1", fingerprint="late"), mention("2", fingerprint="late")
    assert store.record_poll(poll(news, old, renames=True)) == 1
    assert store.record_poll(poll(news, new, old, renames=True)) == 1
    assert store.record_poll(poll(news, new, old, renames=True)) == 0
    assert [one.url for one in store.unassessed(10)] == [old.url, new.url]


def test_entries_without_any_words_are_as_many_as_their_ids(
    store: SqliteStore, news: SourceState
) -> None:
    """Of a picture or a row of emoji nothing is left to know it by."""
    for native_id in ("1", "2"):
        bare = mention(native_id, fingerprint="", url="https://example.org/gallery")
        assert store.record_poll(poll(news, bare, renames=True)) == 1


def test_the_same_words_from_another_source_are_another_mention(store: SqliteStore) -> None:
    store.sync_sources([source(), source("blog")], now=NOON)
    states = store.source_states()
    like = mention("2", url="https://example.org/1", fingerprint="print 1")
    assert store.record_poll(poll(states[0], mention("1"), renames=True)) == 1
    assert store.record_poll(poll(states[1], like, renames=True)) == 1


def test_one_entry_shown_under_two_ids_settles_down(store: SqliteStore, news: SourceState) -> None:
    twins = (
        mention("a", text="Cold!", fingerprint="cold", url="https://example.org/x"),
        mention("b", text="cold", fingerprint="cold", url="https://example.org/x"),
    )
    assert store.record_poll(poll(news, *twins, renames=True)) == 1
    store.record_assessment(read_all([1]))
    assert store.record_poll(poll(news, *twins, renames=True)) == 0
    assert store.unassessed_count() == 0, "it must not be read again at every poll"
    assert ask(Path(store.path), "SELECT native_id, text FROM mentions") == [("a", "Cold!")]


def test_an_edited_item_is_updated_and_read_again(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention(), mention("2")))
    store.record_assessment(read_all([1, 2]))
    edited = mention(
        title="Update",
        text="Aurora Rail apologised",
        fingerprint="changed",
        language="de",
        matched_by="Aurora",
        certain=False,
        history=True,
        seen_at=after(hours=1),
        published_at=after(hours=1),
    )
    assert store.record_poll(poll(news, edited)) == 0
    (stored,) = store.unassessed(10)
    assert (stored.id, stored.title, stored.text) == (1, "Update", "Aurora Rail apologised")
    assert (stored.fingerprint, stored.language) == ("changed", "de")
    assert (stored.matched_by, stored.certain) == ("Aurora", False)
    assert (stored.seen_at, stored.published_at) == (NOON, NOON), "it is no younger for it"
    assert not stored.history
    assert ask(path, "SELECT mention_id FROM verdicts") == [(2,)]
    assert stored.story_id == 1, "it stays where it was filed, or where people put it"


def test_a_new_title_alone_is_an_edit_too(store: SqliteStore, news: SourceState) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1]))
    store.record_poll(poll(news, mention(title="Cold")))
    assert store.unassessed_count() == 1


def test_an_unchanged_item_is_left_alone(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1]))
    before = ask(path, "SELECT * FROM mentions")
    store.record_poll(poll(news, mention(seen_at=after(hours=1))))
    assert ask(path, "SELECT * FROM mentions") == before
    assert store.unassessed_count() == 0


def test_what_is_learnt_later_is_added_without_reading_again(
    store: SqliteStore, news: SourceState
) -> None:
    store.record_poll(poll(news, mention(url=None, author=None, published_at=None)))
    store.record_poll(poll(news, mention(author_followers=500)))
    store.record_poll(poll(news, mention(url=None, author=None, author_followers=None)))
    (stored,) = store.unassessed(10)
    assert (stored.url, stored.author) == ("https://example.org/1", "Ann")
    assert (stored.author_followers, stored.published_at) == (500, NOON)


def test_only_changed_readings_are_stored(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    for minutes, engagement in (
        (0, {"likes": 3, "views": 10}),
        (1, {"likes": 3, "views": 12}),
        (2, {}),
        (3, {"likes": 4, "views": 12, "replies": 1}),
        (3, {"likes": 5}),
    ):
        seen = mention(seen_at=after(minutes=minutes), engagement=engagement)
        store.record_poll(poll(news, seen))
    rows = ask(path, "SELECT name, value, seen_at FROM engagement ORDER BY name, seen_at")
    assert rows == [
        ("likes", 3.0, time_text(NOON)),
        ("likes", 5.0, time_text(after(minutes=3))),
        ("replies", 1.0, time_text(after(minutes=3))),
        ("views", 10.0, time_text(NOON)),
        ("views", 12.0, time_text(after(minutes=1))),
    ]
    assert store.unassessed(1)[0].engagement == {"likes": 5.0, "replies": 1.0, "views": 12.0}


def test_hostile_values_are_stored_as_far_as_they_can_be(
    store: SqliteStore, news: SourceState
) -> None:
    hostile = mention(
        "id\0\ud83d",
        title="'); DROP TABLE mentions; --",
        text="\ud800 text \0 more",
        author="\udfff",
        author_followers=10**40,
        engagement={"likes": float("nan"), "views": 10**30},
    )
    assert store.record_poll(poll(news, hostile)) == 1
    assert store.record_poll(poll(news, hostile)) == 0
    (stored,) = store.unassessed(10)
    assert (stored.native_id, stored.text, stored.author) == ("id?", "? text  more", "?")
    assert stored.title == "'); DROP TABLE mentions; --"
    assert stored.author_followers == 2**63 - 1
    assert stored.engagement == {"views": 1e30}


# --- the work list


def test_mentions_are_read_in_the_order_in_which_they_were_said(
    store: SqliteStore, news: SourceState
) -> None:
    def said(native_id: str, published: datetime | None) -> NewMention:
        return mention(native_id, published_at=published, seen_at=after(hours=3))

    store.record_poll(
        poll(
            news,
            said("from the future", after(days=5)),
            said("undated", None),
            said("late", after(hours=2)),
            said("early", after(hours=1)),
        )
    )
    order = [m.native_id for m in store.unassessed(10)]
    assert order == ["early", "late", "from the future", "undated"]
    assert [m.native_id for m in store.unassessed(2)] == ["early", "late"]
    assert [m.at for m in store.unassessed(10)] == [after(hours=h) for h in (1, 2, 3, 3)]


def test_a_count_that_falls_is_a_reading_too(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    for minutes, likes in ((0, 9.0), (1, 4.0)):
        store.record_poll(
            poll(news, mention(seen_at=after(minutes=minutes), engagement={"likes": likes}))
        )
    assert ask(path, "SELECT value FROM engagement ORDER BY seen_at") == [(9.0,), (4.0,)]


def test_a_mention_with_a_verdict_leaves_the_work_list(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention("1"), mention("2")))
    store.record_assessment(AssessIntent(at=NOON, verdicts=((1, verdict()),), filed=(filed(1),)))
    assert [m.id for m in store.unassessed(10)] == [2]
    assert store.unassessed_count() == 1
    # The definition itself: rows without a verdict.
    assert ask(
        path, "SELECT id FROM mentions WHERE id NOT IN (SELECT mention_id FROM verdicts)"
    ) == [(2,)]


def test_a_second_verdict_replaces_the_first(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_poll(poll(news, mention()))
    store.record_assessment(read_all([1], alarm=0.25))
    store.record_assessment(read_all([1], alarm=0.75, model="models/newer"))
    assert ask(path, "SELECT model, alarm FROM verdicts") == [("models/newer", 0.75)]
    assert store.unassessed_count() == 0


# --- statements


def test_a_post_of_the_brand_itself_is_a_statement_not_a_mention(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    assert store.record_poll(poll(news, owned=(owned(),))) == 0
    assert ask(
        path, "SELECT incident_id, brand, at, url, title, text, checks FROM statements"
    ) == [
        (
            None,
            BRAND,
            time_text(NOON),
            "https://aurora.example/statement",
            "Statement",
            "We are sorry.",
            "{}",
        )
    ]
    assert ask(path, "SELECT count(*) FROM mentions") == [(0,)]


@pytest.mark.parametrize(
    ("again", "stored"),
    [
        (owned(), 1),
        (owned(url=None), 1),
        (owned("p2"), 1),
        (owned("p2", url="https://aurora.example/other"), 2),
        (owned("p2", url=None), 2),
        (owned(brand="Borealis Air"), 2),
    ],
)
def test_a_statement_is_stored_once(
    store: SqliteStore, news: SourceState, path: Path, again: OwnedPost, stored: int
) -> None:
    store.record_poll(poll(news, owned=(owned(), again)))
    assert ask(path, "SELECT count(*) FROM statements") == [(stored,)]


def test_an_edited_statement_is_updated(store: SqliteStore, news: SourceState, path: Path) -> None:
    store.record_poll(poll(news, owned=(owned(),)))
    store.record_poll(poll(news, owned=(owned(text="We are very sorry.", title=None),)))
    assert ask(path, "SELECT title, text FROM statements") == [(None, "We are very sorry.")]


def test_what_a_person_wrote_down_of_a_statement_gives_way_to_its_own_words(
    store: SqliteStore, news: SourceState, path: Path
) -> None:
    store.record_assessment(opening(1))
    said = replace(act("statement", text="they are sorry"), url=owned().url)
    store.record_action(incident(1), said, ())
    store.record_poll(poll(news, owned=(owned(),)))
    assert ask(path, "SELECT incident_id, text FROM statements") == [(1, "We are sorry.")]


def test_what_another_source_shows_of_a_statement_is_no_edit_of_it(
    store: SqliteStore, path: Path
) -> None:
    """One feed of a newsroom has all of it, the other its first lines: it changed at each poll."""
    store.sync_sources([source(), source("brief", "https://example.org/b")], now=NOON)
    news, brief = store.source_states()
    store.record_poll(poll(news, owned=(owned(),)))
    store.record_poll(poll(brief, owned=(owned("b1", title="In brief", text="We are…"),)))
    assert ask(path, "SELECT title, text FROM statements") == [("Statement", "We are sorry.")]


def test_of_the_news_of_an_hour_the_newest_stands_for_all(
    store: SqliteStore, news: SourceState
) -> None:
    """However much came in each, a limit reaches as many hours back."""
    for minutes in (10, 20, 80, 90, 150):
        new = mention(str(minutes))
        store.record_poll(poll(news, new, at=after(minutes=minutes)))
        store.record_poll(poll(news, at=after(minutes=minutes + 1)))

    each = [after(minutes=minutes) for minutes in (20, 90, 150)]
    assert list(store.news_times(news.id, limit=10)) == each
    assert list(store.news_times(news.id, limit=2)) == each[1:]
