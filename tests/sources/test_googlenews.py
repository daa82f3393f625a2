"""Google News: headlines that name a brand, with the outlet they come from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import googlenews
from tests.sources.simulated import NOW, Collector, answered, asked, params, sample

HOME = googlenews.KIND.home


def headline(
    name: str = "CBM1",
    *,
    title: str = "Fire - Outlet A",
    outlet: str = "Outlet A",
    at: datetime = NOW,
) -> str:
    return (
        f"<item><title>{title}</title><link>https://news.google.com/rss/articles/{name}?oc=5</link>"
        f'<guid isPermaLink="false">{name}</guid><pubDate>{format_datetime(at)}</pubDate>'
        "<description>&lt;a href='x'&gt;Fire&lt;/a&gt; &lt;a&gt;Others too&lt;/a&gt;</description>"
        f'<source url="https://www.outlet-a.example">{outlet}</source></item>'
    )


def rss(*items: str) -> bytes:
    channel = "<title>News</title><language>en-US</language>"
    return f'<rss version="2.0"><channel>{channel}{"".join(items)}</channel></rss>'.encode()


def read(body: bytes, *, cursor: str = "") -> FeedDocument:
    return googlenews.read(answered(body, asked(HOME, query="x", cursor=cursor)))


def searched(**given: object) -> str:
    return params(googlenews.ask(asked(HOME, query='United "Air"', **given)))["q"]  # type: ignore[arg-type]


def newest(at: datetime) -> str:
    return f'{{"newest":{int(at.timestamp())}}}'


class TestTheSearch:
    def test_is_for_exact_words_in_an_edition(self) -> None:
        made = googlenews.ask(asked(HOME, query="United"))
        assert made.startswith("https://news.google.com/rss/search?")
        assert params(made) == {"q": '"United"', "hl": "en-US", "gl": "US", "ceid": "US:en"}

    def test_is_in_the_edition_that_the_address_names(self) -> None:
        made = params(googlenews.ask(asked(f"{HOME}?hl=de&gl=DE&ceid=DE:de&q=x", query="United")))
        assert made == {"q": '"United"', "hl": "de", "gl": "DE", "ceid": "DE:de"}

    @pytest.mark.parametrize(
        ("age", "span"),
        [
            (timedelta(0), "2h"),
            (timedelta(minutes=1), "3h"),
            (timedelta(hours=22), "24h"),
            (timedelta(hours=22, seconds=1), "2d"),
            (timedelta(days=3), "4d"),
            (timedelta(days=900), "365d"),
            (timedelta(days=-3), "2h"),
        ],
    )
    def test_reaches_back_a_little_further_than_the_newest_known(
        self, age: timedelta, span: str
    ) -> None:
        assert searched(cursor=newest(NOW - age)) == f'"United Air" when:{span}'
        assert searched(since=NOW - age) == f'"United Air" when:{span}'

    def test_goes_by_what_is_known_before_it_goes_by_since(self) -> None:
        hour = timedelta(hours=1)
        assert searched(cursor=newest(NOW - hour), since=NOW - 9 * hour).endswith("when:3h")

    @pytest.mark.parametrize("cursor", ["", "[]", '{"newest": "x"}', '{"newest": -5}'])
    def test_is_for_all_there_is_if_nothing_is_known(self, cursor: str) -> None:
        assert searched(cursor=cursor) == '"United Air"'

    def test_leaves_out_what_no_newspaper_prints(self) -> None:
        names = ("United Airlines", "@united", "#united", "United")
        assert googlenews.KIND.queries(HOME, names, False) == ("United Airlines", "United")
        assert googlenews.KIND.queries(HOME, ("@united", "#united"), False) == ("united",)

    def test_says_what_its_address_should_be(self) -> None:
        assert googlenews.complaint(f"{HOME}?hl=de") == ""
        assert HOME in googlenews.complaint("https://news.google.com/topics/x")


class TestAHeadline:
    def test_is_read_with_its_outlet(self) -> None:
        document = read(rss(headline()))
        assert document.items == (
            RawItem(
                native_id="CBM1",
                url="https://news.google.com/rss/articles/CBM1?oc=5",
                title="Fire",
                author="Outlet A",
                published_at=NOW,
                language="en",
            ),
        )
        assert not document.more

    @pytest.mark.parametrize(
        ("title", "outlet", "shown"),
        [
            ("A - B - Outlet", "Outlet", "A - B"),
            ("A - Outlet", "Other", "A - Outlet"),
            ("A - Outlet", "", "A - Outlet"),
            ("Outlet", "Outlet", "Outlet"),
            ("- Outlet", "Outlet", "- Outlet"),
        ],
    )
    def test_loses_the_outlet_at_its_end_alone(self, title: str, outlet: str, shown: str) -> None:
        (item,) = read(rss(headline(title=title, outlet=outlet))).items
        assert item.title == shown

    def test_without_words_is_left_out(self) -> None:
        assert read(rss(headline(title=""))).items == ()


class TestTheCursor:
    def test_is_the_newest_date_known(self) -> None:
        older = NOW - timedelta(hours=5)
        assert read(rss(headline(at=older), headline("CBM2", at=NOW))).cursor == newest(NOW)
        assert read(rss(headline(at=older)), cursor=newest(NOW)).cursor == newest(NOW)
        assert read(rss(headline(at=NOW)), cursor=newest(older)).cursor == newest(NOW)

    def test_is_not_of_tomorrow(self) -> None:
        assert read(rss(headline(at=NOW + timedelta(hours=9)))).cursor == newest(NOW)

    def test_stays_where_it_was_when_nothing_comes(self) -> None:
        assert read(rss(), cursor=newest(NOW)).cursor == newest(NOW)
        assert read(rss()).cursor == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><title>Sorry...</title></html>", "looks like HTML"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "JSON"),
        (b" [1]", "JSON"),
        (b"", "empty"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read(body)


def test_nothing_is_asked_for_without_its_terms_being_shown() -> None:
    assert "non-commercial" in googlenews.KIND.notice


def test_every_headline_is_collected_once_by_windows_that_overlap() -> None:
    """A hundred at most, those of the window asked for, in no order; some come in late."""
    published = [(f"CBM{n}", NOW + timedelta(minutes=7 * n)) for n in range(200)]
    clock = [NOW]

    def serve(url: str) -> bytes:
        hours = int(params(url)["q"].rpartition("when:")[2].removesuffix("h"))
        seen = [
            (name, at)
            for number, (name, at) in enumerate(published)
            if clock[0] - timedelta(hours=hours) <= at
            and at + timedelta(minutes=90 * (number % 2)) <= clock[0]
        ]
        return rss(*(headline(name, at=at) for name, at in sorted(seen)[:100]))

    collector = Collector(googlenews.KIND, serve, HOME, since=NOW - timedelta(hours=1))
    while clock[0] < published[-1][1] + timedelta(hours=3):
        collector.poll(clock[0])
        clock[0] += timedelta(minutes=40)
    assert set(collector.stored) == {name for name, _ in published}


def test_the_recorded_feed_is_read_whole() -> None:
    (item,) = read(sample("googlenews/search_rss_shape_2026-09-25.xml")).items
    assert (item.title, item.author, item.text) == ("Headline one", "Outlet A", "")
    assert item.native_id == "CBMinwFBVV95cUxObDNTMW1VT3pC"
    assert item.published_at == datetime(2026, 9, 25, 13, 53, 48, tzinfo=UTC)
