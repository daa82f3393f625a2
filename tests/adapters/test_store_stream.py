"""Which posts that are passed on, or deleted, are ours."""

from __future__ import annotations

import pytest

from monitor.adapters import store_stream
from monitor.adapters.store import SqliteStore
from monitor.core.polling import PageIntent, SourceState
from tests.adapters.store_values import NOON, mention, poll, source

ANN, BEN = "at://did:plc:ann/", "at://did:plc:ben/"


@pytest.fixture
def both(store: SqliteStore) -> tuple[SourceState, SourceState]:
    store.sync_sources([source(), source("other", "https://example.org/b")], now=NOON)
    one, other = store.source_states()
    return one, other


def of(native_id: str, original: str, **values: object):
    print_ = f"print {original}"
    known = {"repost_of": original, "fingerprint": print_, "author": f"passer-by {native_id}"}
    return mention(native_id, **known | values)


def test_originals_are_found_for_each_brand(store: SqliteStore, news: SourceState):
    both = (mention("1"), mention("1", brand="Tarn Bank"), mention("2"), of("3", "1"))
    store.record_poll(poll(news, *both))

    found = store.originals(news.id, ["1", "3", "4"])
    assert [(one.native_id, one.brand, one.repost_of) for one in found] == [
        ("1", "Aurora Rail", None),
        ("1", "Tarn Bank", None),
        ("3", "Aurora Rail", "1"),
    ]
    said = mention("1")
    assert {(one.text, one.author, one.source) for one in found} == {
        (said.text, said.author, "news")
    }
    assert store.originals(news.id, []) == ()


def test_another_sources_posts_are_not_originals(store: SqliteStore, both):
    one, other = both
    store.record_poll(poll(one, mention("1")))
    assert store.originals(other.id, ["1"]) == ()


def test_what_was_deleted_is_passed_on_no_more(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention("1")))
    store.record_page(PageIntent(source=news, at=NOON, deleted=("1",)))
    assert store.originals(news.id, ["1"]) == ()


def gone(store: SqliteStore, state: SourceState, *ids: str, prefixes: tuple[str, ...] = ()):
    return sorted(store.gone(state.id, native_ids=ids, prefixes=prefixes))


def test_what_is_deleted_goes_with_its_reposts(store: SqliteStore, news: SourceState):
    same_words = mention("9", fingerprint="print 1", author="Cy")
    store.record_poll(poll(news, mention("1"), of("2", "1"), of("3", "7"), same_words))
    assert gone(store, news, "1", "5") == ["1", "2"]
    assert gone(store, news, "2") == ["2"]
    assert gone(store, news) == []


def test_an_account_goes_with_all_its_posts_and_their_reposts(
    store: SqliteStore, news: SourceState
):
    ids = (f"{ANN}a", f"{ANN}z", f"{BEN}a", "at://did:plc:ann0/a", "at://did:plc:anna/a")
    store.record_poll(poll(news, *(mention(one) for one in ids), of(f"{BEN}b", f"{ANN}a")))
    assert gone(store, news, prefixes=(ANN,)) == [f"{ANN}a", f"{ANN}z", f"{BEN}b"]
    assert gone(store, news, prefixes=("at://did:plc:nobody/",)) == []


def test_what_is_blank_already_is_not_told_again(store: SqliteStore, news: SourceState):
    store.record_poll(poll(news, mention(f"{ANN}a"), of(f"{BEN}b", f"{ANN}a")))
    store.record_page(PageIntent(source=news, at=NOON, deleted=(f"{ANN}a", f"{BEN}b")))
    assert gone(store, news, f"{ANN}a", prefixes=(ANN,)) == []


def test_another_sources_posts_stay(store: SqliteStore, both):
    one, other = both
    store.record_poll(poll(one, mention(f"{ANN}a")))
    store.record_poll(poll(other, mention(f"{ANN}b"), of(f"{BEN}c", f"{ANN}a")))
    assert gone(store, one, f"{ANN}b", prefixes=(ANN,)) == [f"{ANN}a"]


@pytest.mark.parametrize("statement", ["_ORIGINALS", "_GONE"])
def test_no_question_reads_the_whole_table(store: SqliteStore, news: SourceState, statement: str):
    where = {"source_id": 1, "ids": "[]", "prefixes": "[]"}
    plan = store._connection.execute(
        f"EXPLAIN QUERY PLAN {getattr(store_stream, statement)}", where
    ).fetchall()
    steps = [row[3] for row in plan]
    assert [step for step in steps if step.startswith("SCAN mentions")] == []
    assert any("SEARCH mentions" in step for step in steps)
