"""Which items become mentions, which statements, which history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.brands import Matcher
from monitor.core.intake import Intake, originals_of, take_in, with_reposts
from monitor.core.polling import NewMention, RawItem
from monitor.core.settings import Brand, SourceSettings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MERIDIAN = Brand(
    name="Meridian Air",
    aliases=("Meridian Air",),
    ambiguous=("Meridian",),
    owned=("@meridianair",),
)
CASTELL = Brand(name="Castell Bank", aliases=("Castell Bank",))
MATCHER = Matcher((MERIDIAN, CASTELL))
SOURCE = SourceSettings(name="a", kind="feed", url="https://a.example", every=HOUR)


def take(item: RawItem, source: SourceSettings = SOURCE, *, first_poll: bool = False):
    return take_in((item,), source, matcher=MATCHER, first_poll=first_poll, now=NOON)


def item(text: str = "Meridian Air is late", **values: object) -> RawItem:
    return RawItem(native_id="1", text=text, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published", "backfill", "first_poll", "history"),
    [
        (NOON - 23 * HOUR, 24 * HOUR, True, False),
        (NOON - 25 * HOUR, 24 * HOUR, True, True),
        (NOON - 25 * HOUR, 24 * HOUR, False, False),
        (NOON - 9999 * HOUR, None, True, False),
        (None, 24 * HOUR, True, True),
        (None, 24 * HOUR, False, False),
        (None, None, True, False),
    ],
    ids=[
        "a recent item of a first poll is news",
        "an older one is history",
        "an older one that appears later is news",
        "backfill all makes all of it news",
        "an undated item of a first poll cannot prove that it is new",
        "an undated one that appears later is news",
        "backfill all holds for undated items too",
    ],
)
def test_a_first_start_pages_nobody_about_old_news(published, backfill, first_poll, history):
    source = replace(SOURCE, backfill=backfill)

    [mention] = take(item(published_at=published), source, first_poll=first_poll).mentions

    assert mention.history is history


def test_a_text_that_names_two_brands_is_two_mentions():
    taken = take(item("Castell Bank sues Meridian Air"))

    assert sorted(mention.brand for mention in taken.mentions) == ["Castell Bank", "Meridian Air"]


def test_a_source_may_be_about_some_brands_only():
    source = replace(SOURCE, brands=("Castell Bank",))

    assert [m.brand for m in take(item("Castell Bank sues Meridian Air"), source).mentions] == [
        "Castell Bank"
    ]
    assert take(item(author="@meridianair"), source).owned == ()


def test_the_title_counts_as_text():
    [mention] = take(item("delays everywhere", title="Meridian Air")).mentions

    assert (mention.title, mention.text) == ("Meridian Air", "delays everywhere")
    assert mention.matched_by == "Meridian Air"


def test_an_ambiguous_name_is_left_to_the_classifier():
    [mention] = take(item("the meridian of Greenwich")).mentions

    assert mention.certain is False


def test_a_review_page_is_about_its_brand_without_naming_it():
    source = replace(SOURCE, brands=("Castell Bank",), assume_brand=True)

    [mention] = take(item("worst service ever"), source).mentions

    assert (mention.brand, mention.matched_by, mention.certain) == (
        "Castell Bank",
        "assumed",
        True,
    )


def test_a_record_that_says_its_brand_is_not_matched():
    [mention] = take(item("no name at all", brand="Castell Bank")).mentions

    assert (mention.brand, mention.matched_by) == ("Castell Bank", "given")


def test_the_brands_own_post_is_a_statement_and_no_mention():
    taken = take(item("We at Meridian Air are sorry", author="@MeridianAir"))

    assert taken.mentions == ()
    assert [(post.brand, post.at) for post in taken.owned] == [("Meridian Air", NOON)]


def test_one_brands_own_post_may_be_a_mention_of_another():
    taken = take(item("Meridian Air now flies Castell Bank staff", author="@meridianair"))

    assert [mention.brand for mention in taken.mentions] == ["Castell Bank"]
    assert [post.brand for post in taken.owned] == ["Meridian Air"]


def test_a_statement_is_never_dated_in_the_future():
    taken = take(item("We are sorry", author="@meridianair", published_at=NOON + 5 * HOUR))

    assert taken.owned[0].at == NOON


def test_what_names_nobody_is_left_out():
    assert take(item("a sunny day")).mentions == ()


def whole(*items: RawItem, stored: tuple[NewMention, ...] = ()) -> Intake:
    taken = take_in(items, SOURCE, matcher=MATCHER, first_poll=False, now=NOON)
    return with_reposts(taken, stored, matcher=MATCHER, now=NOON)


@pytest.mark.parametrize(
    ("repost", "brands"),
    [
        (item("RT", repost_of="0"), ["Meridian Air", "Castell Bank"]),
        (item("", repost_of="0"), ["Meridian Air", "Castell Bank"]),
        (item("Castell Bank!", repost_of="0"), ["Castell Bank"]),
        (item("RT", repost_of="another"), []),
        (item("RT"), []),
        (item("RT", repost_of="0", author="@meridianair"), []),
    ],
    ids=["cut off", "without words", "in words of its own", "of what is not known", "of nothing",
         "by a brand"],
)  # fmt: skip
@pytest.mark.parametrize("came", ["before", "with it", "after it"])
def test_a_repost_without_words_of_its_own_is_about_what_its_original_is_about(
    repost: RawItem, brands: list[str], came: str
):
    original = replace(item("Meridian Air like Castell Bank"), native_id="0")
    stored = take(original).mentions
    taken = {
        "before": lambda: whole(repost, stored=stored),
        "with it": lambda: whole(original, repost),
        "after it": lambda: whole(repost, original),
    }[came]()

    found = [one for one in taken.mentions if one.native_id == "1"]
    assert [one.brand for one in found] == brands
    assert all(one.repost_of == "0" for one in found)
    assert originals_of(taken.reposts) <= {"another"}, "what is known waits for nothing"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_a_repost_of_a_repost_passes_on_the_original(order: tuple[int, ...]):
    chain = (
        replace(item("Meridian Air is late"), native_id="0"),
        replace(item("", repost_of="0"), native_id="1"),
        replace(item("", repost_of="1"), native_id="2"),
    )
    taken = whole(*(chain[place] for place in order))

    assert {(one.native_id, one.text, one.repost_of) for one in taken.mentions} == {
        ("0", "Meridian Air is late", None),
        ("1", "Meridian Air is late", "0"),
        ("2", "Meridian Air is late", "0"),
    }
    assert taken.reposts == ()


def test_only_reposts_that_name_no_brand_ask_for_their_originals():
    items = [
        item("RT", repost_of="0"),
        item("Castell Bank!", repost_of="2"),
        item("ours", repost_of="3", author="@meridianair"),
        item("a sunny day"),
    ]
    taken = take_in(items, SOURCE, matcher=MATCHER, first_poll=False, now=NOON)

    assert originals_of(taken.reposts) == {"0"}
