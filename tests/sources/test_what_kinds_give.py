"""The table of docs/sources.md says what each kind gives: full answers of each are the judge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from monitor.core.asking import Page
from monitor.core.polling import RawItem
from monitor.sources import bluesky, jetstream
from monitor.sources.recorded import record_of
from monitor.sources.registry import KINDS
from monitor.sources.streaming import Post
from tests.core.facts import RECORD
from tests.sources import (
    frames,
    test_appstore,
    test_discourse,
    test_feed,
    test_gdelt,
    test_googlenews,
    test_hackernews,
    test_lemmy,
    test_mastodon,
    test_reddit,
    test_stackexchange,
    test_youtube,
)
from tests.sources.simulated import NOW, asked

DOCS = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("` "): [cell.strip() for cell in cells[1:]]
    for line in re.findall(r"(?m)^\| (`\w+` \|.*) \|$", DOCS)
    if len(cells := line.split(" | ")) == 7
}


def _bluesky() -> Iterable[RawItem]:
    post = jetstream.read(frames.post(1, "hello"))
    assert isinstance(post, Post)
    counts = dict.fromkeys(("likeCount", "repostCount", "replyCount", "quoteCount"), 1)
    body = b'{"posts": [%s]}' % str({"uri": frames.uri(1)} | counts).replace("'", '"').encode()
    page = Page(body=body, headers={}, url="", ask=asked(""))
    again = bluesky.read_counts(page, [(frames.uri(1), None)])[frames.uri(1)]
    return [bluesky.item(post, now=NOW), RawItem(native_id="1", engagement=again or {})]


def _recorded() -> Iterable[RawItem]:
    names = ("likes", "reposts", "replies", "quotes", "views", "score")
    row = {**RECORD, "language": "en", "author_followers": 3}
    return [record_of(row | {"engagement": dict.fromkeys(names, 1)}, source="x", now=NOW).item]


def _feed() -> Iterable[RawItem]:
    return test_feed.read(
        b"<rss version='2.0' xmlns:slash='http://purl.org/rss/1.0/modules/slash/'"
        b" xmlns:media='http://search.yahoo.com/mrss/'><channel><language>en</language><item>"
        b"<guid>1</guid><title>x</title><slash:comments>2</slash:comments><media:community>"
        b"<media:starRating count='1'/><media:statistics views='3'/></media:community>"
        b"</item></channel></rss>"
    ).items


#: Answers with everything that the service has, of each way to ask.
FULL: Mapping[str, Callable[[], Iterable[RawItem]]] = {
    "appstore": lambda: test_appstore.read(test_appstore.reviews(test_appstore.review())).items,
    "bluesky": _bluesky,
    "discourse": lambda: (
        *test_discourse.search(test_discourse.FOUND).items,
        *test_discourse.newest(test_discourse.POST).items,
        *test_discourse.topics(test_discourse.TOPIC).items,
    ),
    "feed": _feed,
    "file": _recorded,
    "gdelt": lambda: test_gdelt.read({"articles": [test_gdelt.ARTICLE]}).items,
    "googlenews": lambda: (
        test_googlenews.read(test_googlenews.rss(test_googlenews.headline("CBMi1"))).items
    ),
    "hackernews": lambda: test_hackernews.read(test_hackernews.STORY).items,
    "lemmy": lambda: test_lemmy.read({"posts": [test_lemmy.V3_POST], "comments": []}).items,
    "mastodon": lambda: test_mastodon.read([test_mastodon.STATUS]).items,
    "push": _recorded,
    "reddit": lambda: (
        test_reddit.read(test_reddit.listing({**test_reddit.POST, "view_count": 1})).items
    ),
    "stackexchange": lambda: test_stackexchange.read(test_stackexchange.QUESTION).items,
    "youtube": lambda: (
        test_youtube.read(test_youtube.feed(test_youtube.video("yt:video:1"))).items
    ),
}


def word(*, is_so: bool) -> str:
    return "yes" if is_so else "no"


def test_the_table_has_a_row_for_every_kind():
    assert sorted(ROWS) == sorted(KINDS) == sorted(FULL)


@pytest.mark.parametrize("kind", sorted(FULL))
def test_the_table_says_what_a_kind_gives(kind: str):
    items = list(FULL[kind]())
    counts = sorted({name for item in items for name in item.engagement})
    followers = any(item.author_followers is not None for item in items)
    language = any(item.language is not None for item in items)

    told = ROWS[kind]

    assert items
    assert told[0] == (", ".join(counts) or "none")
    assert told[2:4] == [word(is_so=followers), word(is_so=language)]


@pytest.mark.parametrize("kind", sorted(FULL))
def test_the_table_says_whose_counts_are_asked_for_again(kind: str):
    assert (ROWS[kind][1] == "yes") is (KINDS[kind].refresh is not None)
