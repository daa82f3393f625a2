"""What other tools call things, and how they write dates and numbers."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import InputError
from monitor.sources.exports import plain_name, record_from
from monitor.sources.recorded import record_of
from tests.core.facts import RECORD

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def record(**row: object):
    return record_of(record_from({"id": "1", "text": "x"} | row), source="file", now=NOON)


def test_a_mention_record_is_itself():
    row = {**RECORD, "repost_of": "t0", "brand": "Meridian Air"}
    found = record_of(record_from(row), source="file", now=NOON)

    assert found == record_of(row, source="file", now=NOON)
    assert found.item.engagement == {"likes": 3.0}


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Post ID", "post_id"), ("  Likes (total) ", "likes_total"), ("\ufeffid", "id"), ("é", "")],
)
def test_names_of_columns_are_compared_plainly(name, plain):
    assert plain_name(name) == plain


def test_an_export_in_the_words_of_another_tool():
    row = {
        "Tweet ID": "9",
        "Username": "@a",
        "Message": "late again",
        "Link": "https://x.example/9",
        "Date": "2026-11-22 11:00:00",
        "Followers": "1,200",
        "Retweets": "7",
        "Impressions": "12.0",
        "Platform": "Twitter",
        "Lang": "en",
        "Likes": "",
    }
    found = record_of(record_from(row), source="file", now=NOON)

    assert (found.source, found.item.native_id, found.item.text) == ("twitter", "9", "late again")
    assert (found.item.author, found.item.author_followers) == ("@a", 1200)
    assert found.item.url == "https://x.example/9"
    assert found.item.published_at == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert found.item.engagement == {"reposts": 7.0, "views": 12.0}


def test_an_archive_of_reddit_keeps_its_words_its_date_and_its_counts():
    row = {
        "id": "1p3x9z",
        "author": "tired_flyer",
        "title": "Stranded",
        "selftext": "Acme Air left us in Leeds.",
        "created_utc": 1795341600,
        "num_comments": 41,
        "score": 903,
        "subreddit": "travel",
        "permalink": "/r/travel/comments/1p3x9z/stranded/",
        "url": "https://www.reddit.com/r/travel/comments/1p3x9z/stranded/",
    }
    found = record_of(record_from(row), source="file", now=NOON).item

    assert (found.title, found.text) == ("Stranded", "Acme Air left us in Leeds.")
    assert found.published_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert found.engagement == {"replies": 41.0, "score": 903.0}


def test_names_in_the_manner_of_javascript_are_known():
    row = {
        "tweetId": "9",
        "userName": "@a",
        "fullText": "Acme Air is late",
        "createdAt": "2026-11-22T11:00:00.000Z",
        "likeCount": 5,
        "retweetCount": 2,
        "postURL": "https://x.example/9",
    }
    found = record_of(record_from(row), source="file", now=NOON).item

    assert (found.native_id, found.author, found.text) == ("9", "@a", "Acme Air is late")
    assert found.url == "https://x.example/9"
    assert found.published_at == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert found.engagement == {"likes": 5.0, "reposts": 2.0}


@pytest.mark.parametrize(
    ("row", "minute"),
    [
        ({"Date": "2026-11-22", "Time": "09:05"}, 5),
        ({"Date": "22.11.2026", "Time": "9:05:00"}, 5),
        ({"Date": "2026/11/22", "Time": "9:05 AM"}, 5),
        ({"Date": "2026-11-22 09:07", "Time": "11:00"}, 7),
        ({"Date": "2026-11-22T09:07:00Z", "Time": "soon"}, 7),
    ],
)
def test_the_time_of_day_may_have_a_column_of_its_own(row, minute):
    assert record(**row).item.published_at == datetime(2026, 11, 22, 9, minute, tzinfo=UTC)


def test_a_clipping_keeps_the_sentence_that_names_the_brand():
    row = {"Headline": "A bad day", "Opening Text": "It rained.", "Hit Sentence": "Acme burns."}
    found = record_of(record_from(row), source="file", now=NOON).item
    assert (found.title, found.text) == ("A bad day", "Acme burns.")


@pytest.mark.parametrize("rounded", ["1.85943E+18", "1,85943E+18", "2E+18", "1.8594e+18"])
def test_ids_that_excel_has_rounded_do_not_make_one_of_many(rounded):
    """As it does to all ids of Twitter once a file is saved from it."""
    rows = [{"Tweet ID": rounded, "Text": text, "Retweeted ID": ""} for text in ("a", "b")]
    first, second = (record_of(record_from(row), source="file", now=NOON).item for row in rows)
    assert first.native_id != second.native_id
    linked = record_from({"id": rounded, "text": "a", "url": "https://x.example/1859430001"})
    assert linked["id"] == "https://x.example/1859430001"


@pytest.mark.parametrize(
    ("text", "count"),
    [("1.234", 1234), ("1.234.567", 1234567), ("1,234", 1234), ("12.0", 12), ("0.125", 0.125)],
)
def test_thousands_are_parted_by_commas_or_by_full_stops(text, count):
    found = record(Likes=text, Followers=text).item
    assert (found.engagement, found.author_followers) == ({"likes": count}, int(count))


def test_what_pandas_has_no_value_for_is_unknown():
    line = '{"id": "1", "title": NaN, "text": "Acme burns", "author": NaN, "likes": NaN}'
    found = record_of(record_from(json.loads(line)), source="file", now=NOON).item
    assert (found.title, found.text, found.author) == (None, "Acme burns", None)
    assert found.engagement == {}


def test_our_own_names_go_first():
    assert record(message="other").item.text == "x"


@pytest.mark.parametrize(
    "text",
    [
        "2017-04-10T01:13:00Z",
        "2017-04-10T03:13:00+02:00",
        "2017-04-10 01:13:00",
        "1491786780",
        1491786780,
        "1491786780000",
        "Mon, 10 Apr 2017 01:13:00 +0000",
        "Mon Apr 10 01:13:00 +0000 2017",
        "2017-04-10 01:13:00 UTC",
        "2017-04-10 03:13:00 +0200",
        "2017/04/10 01:13:00",
        "2017/4/10 1:13",
        "10.04.2017 01:13",
        "10.4.2017, 1:13",
        "2017年4月10日 01:13",
    ],
)
def test_dates_are_written_in_many_ways(text):
    assert record(date=text).item.published_at == datetime(2017, 4, 10, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"date": "10/04/2017 01:13"}, "published_at: '10/04/2017 01:13' is no date"),
        ({"date": "2017/13/04"}, "published_at: '2017/13/04' is no date"),
        ({"date": "10.04.17 01:13"}, "published_at: '10.04.17 01:13' is no date"),
        ({"date": "soon"}, "published_at: 'soon' is no date"),
        ({"date": True}, "published_at: should be text, not bool"),
        ({"likes": "many"}, "engagement.likes: should be a number, not str"),
        ({"likes": "0.123.456"}, "engagement.likes: should be a number, not str"),
        ({"likes": "-1"}, "engagement.likes: should be a number, not str"),
        ({"engagement": [1]}, "engagement: should be an object, not list"),
        ({"user": {"name": "a"}}, "author: should be text, not dict"),
        ({"followers": "1.2K"}, "author_followers: should be a number, not str"),
        ({"deleted": "perhaps"}, "deleted: should be true or false, not str"),
    ],
)
def test_what_cannot_be_read_is_said(row, error):
    with pytest.raises(InputError) as caught:
        record(**row)
    assert error in str(caught.value)


@pytest.mark.parametrize(
    ("written", "deleted"),
    [("yes", True), ("TRUE", True), ("0", False), (True, True), ("", False)],
)
def test_a_deletion_is_written_in_many_ways(written, deleted):
    assert record(deleted=written).deleted is deleted


@pytest.mark.parametrize("id_", ["t1", 7])
def test_of_what_is_deleted_an_id_is_enough(id_):
    found = record_of(record_from({"id": id_, "deleted": True}), source="file", now=NOON)

    assert found.deleted
    assert found.item.native_id == str(id_)


def test_counts_alone_are_no_post_and_blank_none():
    with pytest.raises(InputError, match="text: missing, and there is no title or url either"):
        record_from({"id": "t1", "brand": "Meridian Air", "likes": 900})


def test_without_an_id_it_is_known_by_its_address_or_by_what_it_says():
    def name(**row: object) -> str:
        return record_of(record_from(row), source="file", now=NOON).item.native_id

    assert name(url="https://x.example/1", text="x") == "https://x.example/1"
    assert name(text="x", author="a") == name(text="x", author="a", likes=3)
    assert name(text="x", author="a") != name(text="x", author="b")
    with pytest.raises(InputError, match="id: missing"):
        name(author="a")


VALUES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(["id", "date", "text", "likes", "user", "x"]), VALUES))
def test_whatever_stands_in_a_row_it_is_read_or_refused(row):
    with suppress(InputError):
        assert record_of(record_from(row), source="file", now=NOON).item.native_id
