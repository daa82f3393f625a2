"""What becomes of pushed records: new, known, about nobody, deleted, or sent once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.brands import Matcher
from monitor.core.polling import NewMention, RawItem, SourceState
from monitor.core.pushed import MOST_SOURCES, Standing, grouped, source_of, sources_of
from monitor.core.pushing import Complaint, Entry, Receipt, sort_out, total
from monitor.core.records import Record
from monitor.core.settings import Brand, Settings, SourceSettings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BRANDS = (
    Brand(name="Meridian Air", aliases=("Meridian Air",), owned=("@meridianair",)),
    Brand(name="Castell Bank", aliases=("Castell Bank",)),
)


def configured(name: str, kind: str = "push", **values: object) -> SourceSettings:
    given = {"url": f"{kind}:{name}", "every": HOUR} | values
    return SourceSettings(name=name, kind=kind, **given)  # type: ignore[arg-type]


def settings(*sources: SourceSettings, tmp: str = ":memory:") -> Settings:
    from pathlib import Path  # noqa: PLC0415 - only here

    return Settings(database=Path(tmp), model=Path(tmp), brands=BRANDS, sources=sources)


def standing(*sources: SourceSettings, states: tuple[SourceState, ...] = (), history=False):
    return Standing(
        settings=settings(*sources),
        matcher=Matcher(BRANDS),
        states=states,
        history=history,
        now=NOON,
    )


def state(name: str, *, kind: str = "push", fed: bool = True) -> SourceState:
    at = NOON if fed else None
    return SourceState(id=1, name=name, kind=kind, url="", last_success_at=at)


def record(text: str = "Meridian Air is late", *, source: str = "twitter", **values: object):
    deleted = bool(values.pop("deleted", False))
    seen_at = values.pop("seen_at", NOON)
    given = {"native_id": "1", "kind": source, "published_at": NOON} | values
    item = RawItem(text=text, **given)  # type: ignore[arg-type]
    return Record(source=source, item=item, seen_at=seen_at, deleted=deleted)  # type: ignore[arg-type]


def entry(native_id: str = "1", *, ago: timedelta = timedelta(), **values: object) -> Entry:
    mention = NewMention(
        native_id=native_id,
        brand="Meridian Air",
        kind="twitter",
        url=None,
        author=None,
        author_followers=None,
        title=None,
        text="late",
        language=None,
        published_at=NOON,
        seen_at=NOON - ago,
        fingerprint="",
    )
    given = {"mentions": (mention,)} | values
    return Entry(native_id=native_id, seen_at=NOON - ago, **given)  # type: ignore[arg-type]


# --- what is new


@pytest.mark.parametrize(
    ("one", "known", "receipt"),
    [
        (entry(), {}, Receipt(accepted=1)),
        (entry(), {"1": NOON - HOUR}, Receipt(updated=1)),
        (entry(), {"1": NOON}, Receipt(ignored=1)),
        (entry(ago=HOUR), {"1": NOON}, Receipt(ignored=1)),
        (entry(mentions=()), {}, Receipt(unmatched=1)),
        (entry(mentions=()), {"1": NOON - HOUR}, Receipt(unmatched=1)),
        (entry(mentions=(), reading={"likes": 3}), {}, Receipt(unmatched=1)),
        (entry(mentions=(), reading={"likes": 3}), {"1": NOON - HOUR}, Receipt(updated=1)),
        (entry(mentions=(), deleted=True), {}, Receipt(unmatched=1)),
        (entry(mentions=(), deleted=True), {"1": NOON}, Receipt(deleted=1)),
    ],
    ids=[
        "what is not known is accepted",
        "a later reading of something known is an update",
        "the same request once more is ignored",
        "an older reading is ignored",
        "what names nobody is not kept",
        "nor if it named somebody before",
        "counts of something unknown say nothing",
        "counts of something known are a reading",
        "what is not known cannot be deleted",
        "what is known can, whenever it was seen",
    ],
)
def test_a_record_comes_to_one_of_five_ends(one, known, receipt):
    found = sort_out((one,), known)

    assert found.receipt == receipt
    kept = receipt.accepted + receipt.updated + receipt.deleted
    assert found.kept == ((one,) if kept else ())


def test_an_id_that_comes_twice_is_told_in_the_order_in_which_it_was_seen():
    late, early, again = entry(), entry(ago=HOUR), entry()

    found = sort_out((late, early, again), {})

    assert found.kept == (early, late)
    assert found.receipt == Receipt(accepted=1, updated=1, ignored=1)


def test_the_counts_of_all_sources_add_up_to_the_records():
    wrong = Complaint(line=3, error="id: missing")
    one, other = Receipt(accepted=1, updated=2), Receipt(unmatched=3, deleted=4, ignored=5)

    assert total((one, other), (wrong,)) == Receipt(
        accepted=1, updated=2, unmatched=3, deleted=4, ignored=5, errors=(wrong,)
    )


# --- which source keeps it


@pytest.mark.parametrize(
    ("name", "sources", "kept_under"),
    [
        ("twitter", (), "twitter"),
        ("twitter", (configured("Twitter"),), "Twitter"),
        ("reddit", (configured("Reddit", kind="reddit"),), "reddit (push)"),
        ("reddit", (configured("reddit", kind="reddit"), configured("x")), "reddit (push)"),
    ],
    ids=[
        "a source makes itself",
        "one that is configured keeps its name and settings",
        "the name of a polled source is told apart",
        "whatever else is configured",
    ],
)
def test_the_source_of_a_record(name, sources, kept_under):
    source = source_of(name, settings(*sources))

    assert (source.name, source.kind) == (kept_under, "push")
    assert source.url == f"push:{kept_under}"


def test_a_sender_that_makes_up_names_is_stopped():
    states = tuple(state(f"s{n}") for n in range(MOST_SOURCES - 1))
    found = sources_of(("s1", "a", "b", "s2", "a"), settings(), states)

    assert {name: source is not None for name, source in found.items()} == {
        "s1": True,
        "a": True,
        "b": False,
        "s2": True,
    }
    records = ((1, record(source="a")), (2, record(source="b")))
    groups, errors = grouped(records, standing(states=states))
    assert [group.source.name for group in groups] == ["a"]
    assert [(one.line, one.error[:30]) for one in errors] == [
        (2, "source: more than 100 of them;")
    ]


def test_sources_that_are_polled_do_not_count():
    states = tuple(state(f"s{n}", kind="feed") for n in range(MOST_SOURCES))

    assert sources_of(("a",), settings(), states)["a"] is not None


# --- what it names


def test_the_classifier_is_told_where_it_was_said():
    [group], _ = grouped(((1, record()),), standing())

    [mention] = group.entries[0].mentions
    assert (mention.brand, mention.kind, mention.native_id) == ("Meridian Air", "twitter", "1")


def test_it_was_seen_when_the_record_says():
    [group], _ = grouped(((1, record(seen_at=NOON - HOUR)),), standing())

    assert group.entries[0].mentions[0].seen_at == group.entries[0].seen_at == NOON - HOUR


def test_a_brand_that_is_given_must_be_configured():
    given = ((1, record("", title="so rude", brand="Castell Bank")), (2, record(brand="Nobody")))

    [group], [error] = grouped(given, standing())

    assert [one.brand for one in group.entries[0].mentions] == ["Castell Bank"]
    assert error == Complaint(
        line=2, error="brand: there is no 'Nobody'; known: Meridian Air, Castell Bank"
    )


def test_a_brand_may_be_given_by_another_of_its_names():
    [group], errors = grouped(((1, record("rude", brand="CASTELL bank")),), standing())

    assert [one.brand for one in group.entries[0].mentions] == ["Castell Bank"]
    assert errors == ()


def test_a_brand_that_is_given_must_be_one_of_its_source():
    source = configured("twitter", brands=("Castell Bank",))
    _, [error] = grouped(((1, record(brand="Meridian Air")),), standing(source))

    assert error.error == "brand: there is no 'Meridian Air'; known: Castell Bank"


def test_what_is_deleted_is_deleted_whatever_brand_it_names():
    [group], errors = grouped(((1, record(deleted=True, brand="Nobody")),), standing())

    assert (group.entries[0].deleted, errors) == (True, ())


def test_the_brands_own_post_is_a_statement():
    [group], _ = grouped(((1, record(author="@MeridianAir")),), standing())

    assert group.entries[0].mentions == ()
    assert [post.brand for post in group.entries[0].owned] == ["Meridian Air"]


def test_a_record_without_words_is_a_reading_of_something_known():
    [group], _ = grouped(((1, record("", engagement={"likes": 3.0})),), standing())

    assert (group.entries[0].mentions, group.entries[0].reading) == ((), {"likes": 3.0})


def test_a_repost_without_words_is_a_mention_if_its_brand_is_given():
    given = record("", repost_of="9", brand="Castell Bank")
    [group], _ = grouped(((1, given),), standing())

    assert [one.repost_of for one in group.entries[0].mentions] == ["9"]


def test_of_a_deleted_record_nothing_is_taken_but_its_id():
    [group], _ = grouped(((1, record(deleted=True)),), standing())

    assert group.entries == (Entry(native_id="1", seen_at=NOON, deleted=True),)


def test_the_settings_of_a_configured_source_hold():
    source = configured("twitter", brands=("Castell Bank",), assume_brand=True)
    [group], _ = grouped(((1, record("rude")),), standing(source))

    assert [one.brand for one in group.entries[0].mentions] == ["Castell Bank"]


@pytest.mark.parametrize(
    ("states", "says_history", "age", "history"),
    [
        ((), False, 25 * HOUR, True),
        ((state("twitter", fed=False),), False, 25 * HOUR, True),
        ((), False, 23 * HOUR, False),
        ((state("twitter"),), False, 25 * HOUR, False),
        ((state("twitter"),), True, 25 * HOUR, True),
        ((state("twitter"),), True, 23 * HOUR, False),
        ((state("other"),), False, 25 * HOUR, True),
    ],
    ids=[
        "what is old in the first request of a source is history",
        "a source that was configured and never fed has had no first request",
        "what is recent in it is news",
        "what is old in a later one is news",
        "unless the sender says that it sends the past",
        "where what is recent is news still",
        "another source may have been fed before",
    ],
)
def test_old_posts_page_nobody(states, says_history, age, history):
    given = ((1, record(published_at=NOON - age)),)
    [group], _ = grouped(given, standing(states=states, history=says_history))

    assert group.entries[0].mentions[0].history is history


def test_what_is_old_now_is_old_though_it_was_seen_in_time():
    given = ((1, record(published_at=NOON - 30 * HOUR, seen_at=NOON - 29 * HOUR)),)
    [group], _ = grouped(given, standing())

    assert group.entries[0].mentions[0].history is True
