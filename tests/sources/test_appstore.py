"""App Store: the reviews of one app, with their stars, in JSON or in XML."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import appstore, paging
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, sample

URL = "https://apps.apple.com/gb/app/acme-bank/id123456789?l=en"
CUPERTINO = "2026-11-22T03:30:00-08:00"
APP = {"id": {"label": "https://itunes.apple.com/gb/app/id1"}, "title": {"label": "Acme Bank"}}


def review(name: str = "14548543799", **change: Any) -> dict[str, Any]:
    labels = {
        "updated": CUPERTINO,
        "im:rating": "1",
        "im:version": "1.8.0",
        "id": name,
        "title": "Broken &amp; slow",
        "content": "I <can't> log in.\nSince Tuesday!",
        "im:voteSum": "3",
        "im:voteCount": "4",
    }
    entry: dict[str, Any] = {key: {"label": label} for key, label in labels.items()}
    entry["author"] = {"name": {"label": "reviewer"}, "label": ""}
    entry["link"] = {"attributes": {"rel": "related", "href": "https://itunes.apple.com/gb/1"}}
    return entry | {key.replace("_", ":"): value for key, value in change.items()}


def reviews(*entries: Any) -> dict[str, Any]:
    return {"feed": {"author": {}, "entry": list(entries), "updated": {"label": CUPERTINO}}}


def xml(*entries: dict[str, Any]) -> bytes:
    spaces = 'xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"'
    inner = "".join(
        "<entry>"
        + "".join(
            f"<{key}>{escape(entry[key]['label'])}</{key}>"
            for key in ("updated", "id", "title", "im:rating", "im:voteSum")
            if key in entry
        )
        + f'<content type="text">{escape(entry.get("content", {}).get("label", ""))}</content>'
        + '<content type="html">&lt;table&gt;all of it again&lt;/table&gt;</content>'
        + "<author><name>reviewer</name></author>"
        + '<link rel="related" href="https://itunes.apple.com/gb/1"/></entry>'
        for entry in entries
    )
    return f'<feed xml:lang="en" {spaces}><title>Reviews</title>{inner}</feed>'.encode()


def read(body: Any, *, cursor: str = "") -> FeedDocument:
    return appstore.read(answered(body, asked(URL, cursor=cursor)))


def read_xml(body: bytes) -> FeedDocument:
    return read(body, cursor=paging.Descent(at=f"1 xml {int(NOW.timestamp())}").kept())


def only(**change: Any) -> RawItem:
    (item,) = read(reviews(review(**change))).items
    return item


class TestTheAddress:
    @pytest.mark.parametrize(
        ("url", "path"),
        [
            (URL, "/gb/rss/customerreviews/page=1/id=123456789/sortby=mostrecent/json"),
            (
                "https://itunes.apple.com/us/rss/customerreviews/id=55/sortBy=mostRecent/xml",
                "/us/rss/customerreviews/page=1/id=55/sortby=mostrecent/json",
            ),
            (
                "https://itunes.apple.com/de/rss/customerreviews/page=3/id=55/json",
                "/de/rss/customerreviews/page=1/id=55/sortby=mostrecent/json",
            ),
        ],
    )
    def test_is_that_of_the_reviews(self, url: str, path: str) -> None:
        assert appstore.complaint(url) == ""
        assert urlsplit(appstore.ask(asked(url))).path == path
        assert urlsplit(appstore.ask(asked(url))).netloc == "itunes.apple.com"

    def test_may_be_another_host_that_has_the_feed(self) -> None:
        made = appstore.ask(asked("http://127.0.0.1:81/us/rss/customerreviews/id=5/json"))
        assert made.startswith("http://127.0.0.1:81/us/rss/customerreviews/page=1/id=5/")

    @pytest.mark.parametrize(
        "url",
        [
            "https://apps.apple.com/us/app/name",
            "https://apps.apple.com/app/name/id123",
            "https://apps.apple.com/us/developer/name/id",
            "https://apps.apple.com/USA/app/name/id5",
        ],
    )
    def test_that_names_no_app_in_a_country_is_explained(self, url: str) -> None:
        assert "id123456789" in appstore.complaint(url)

    @pytest.mark.parametrize(
        ("at", "page"),
        [
            ("2 json 0", "page=2"),
            ("10 json 0", "page=10"),
            ("11 json 0", "page=1"),
            ("0 json 0", "page=1"),
            ("../x json 0", "page=1"),
            ("2 html 0", "page=1"),
        ],
    )
    def test_is_of_the_next_page(self, at: str, page: str) -> None:
        path = appstore.ask(asked(URL, cursor=paging.Descent(at=at).kept())).split("/")
        assert (path[6], path[-1]) == (page, "json")

    @pytest.mark.parametrize(("age", "form"), [(0, "xml"), (600, "xml"), (601, "json")])
    def test_is_of_the_xml_for_ten_minutes(self, age: int, form: str) -> None:
        at = f"3 xml {int(NOW.timestamp()) - age}"
        path = appstore.ask(asked(URL, cursor=paging.Descent(at=at).kept())).split("/")
        assert (path[6], path[-1]) == ("page=3", form)


class TestAReview:
    WHOLE = RawItem(
        native_id="14548543799",
        url="https://itunes.apple.com/gb/1",
        title="★☆☆☆☆ Broken & slow",
        text="I <can't> log in.\nSince Tuesday!",
        author="reviewer",
        published_at=datetime(2026, 11, 22, 11, 30, tzinfo=UTC),
        engagement={"likes": 3.0},
    )

    def test_is_read_whole(self) -> None:
        assert only() == self.WHOLE

    def test_is_the_same_in_xml(self) -> None:
        (item,) = read_xml(xml(APP, review())).items
        assert item == self.WHOLE

    @pytest.mark.parametrize(
        ("rating", "title"),
        [
            ("5", "★★★★★ T"),
            ("3", "★★★☆☆ T"),
            ("0", "T"),
            ("6", "T"),
            ("many", "T"),
            (None, "T"),
            (4, "T"),
        ],
    )
    def test_shows_its_stars(self, rating: Any, title: str) -> None:
        assert only(im_rating={"label": rating}, title={"label": "T"}).title == title

    def test_without_a_title_shows_its_stars_all_the_same(self) -> None:
        assert only(title={}).title == "★☆☆☆☆"
        assert only(title={}, im_rating={}).title is None

    @pytest.mark.parametrize("helpful", ["", "-1", "1e5", None, 5, "9" * 400])
    def test_that_nobody_is_known_to_find_helpful_has_no_likes(self, helpful: Any) -> None:
        assert only(im_voteSum={"label": helpful}).engagement == {}

    @pytest.mark.parametrize(
        ("link", "url"),
        [
            ({"attributes": {"href": "javascript:alert(1)"}}, None),
            ([{"attributes": {"href": "https://a.example/"}}, {}], "https://a.example/"),
            ([], None),
            ("https://a.example/", None),
        ],
    )
    def test_leads_to_the_web_or_nowhere(self, link: Any, url: str | None) -> None:
        assert only(link=link).url == url

    @pytest.mark.parametrize("name", ["", "x", "1/2", "9" * 21, None, 5])
    def test_without_an_id_is_left_out(self, name: Any) -> None:
        document = read(reviews(review(id={"label": name}), review("2")))
        assert [item.native_id for item in document.items] == ["2"]


class TestAPage:
    def test_leads_to_the_next_up_to_the_tenth(self) -> None:
        assert read(reviews(review())).wait_seconds is None
        document = read(reviews(APP, review()))
        assert document.more
        assert json.loads(document.cursor or "")["at"] == "2 json 0"
        tenth = paging.Descent(at="10 json 0", seen=450).kept()
        assert not read(reviews(review()), cursor=tenth).more

    def test_of_any_length_gives_500_reviews(self) -> None:
        assert len(read(reviews(*(review(str(n)) for n in range(510)))).items) == 500

    def test_may_hold_a_single_review_by_itself(self) -> None:
        assert len(read({"feed": {"entry": review()}}).items) == 1

    @pytest.mark.parametrize(
        "body", [{"feed": {}}, reviews(), reviews(APP), {"feed": {"entry": APP}}]
    )
    def test_that_is_empty_in_json_is_asked_for_in_xml(self, body: Any) -> None:
        second = paging.Descent(floor=5, at="2 json 0", seen=50).kept()
        document = read(body, cursor=second)
        assert (document.items, document.more) == ((), True)
        assert json.loads(document.cursor or "") == {
            "floor": 5,
            "at": f"2 xml {int(NOW.timestamp())}",
            "seen": 50,
        }

    def test_that_is_empty_in_xml_too_belongs_to_an_app_without_reviews(self) -> None:
        assert read_xml(xml(APP)) == FeedDocument(items=(), cursor="")

    def test_that_is_empty_though_there_were_reviews_is_an_error(self) -> None:
        known = paging.Descent(known=True, at=f"1 xml {int(NOW.timestamp())}").kept()
        with pytest.raises(FeedError, match="it is throttling") as caught:
            read(xml(APP), cursor=known)
        assert caught.value.wait_seconds == 600.0

    def test_that_is_empty_further_on_ends_the_list_if_it_is_so_twice(self) -> None:
        at = f"3 xml {int(NOW.timestamp())}"
        once = read(xml(), cursor=paging.Descent(top=9, known=True, at=at, seen=100).kept())
        assert json.loads(once.cursor or "") == {"known": True, "again": True}
        assert (once.more, once.wait_seconds) == (True, 60.0)
        kept = paging.Descent(top=9, known=True, at=at, seen=100, again=True).kept()
        twice = read(xml(), cursor=kept)
        assert json.loads(twice.cursor or "") == {"known": True, "floor": 9}
        assert (twice.more, twice.wait_seconds) == (False, None)

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({}, "JSON, but no feed"),
            ([], "JSON, but no feed"),
            ({"feed": []}, "JSON, but no feed"),
            (b"<html></html>", "looks like HTML"),
            (b"", "it is empty"),
            (reviews(review(id={})), "none of its reviews could be read"),
        ],
    )
    def test_that_is_none_is_refused(self, body: Any, reason: str) -> None:
        with pytest.raises(FeedError, match=f"not an answer of the App Store: .*{reason}"):
            read(body)

    def test_that_is_no_xml_is_refused(self) -> None:
        with pytest.raises(FeedError, match="not an answer of the App Store: no feed"):
            read_xml(b"<html>Service unavailable</html>")


labels = st.sampled_from(list(review()))


@given(st.dictionaries(labels, hostile | st.builds(dict, label=hostile), max_size=5))
def test_fields_of_any_type_are_survived(change: dict[str, Any]) -> None:
    document = read(reviews(review("1"), {**review("2"), **change}))
    assert "1" in {item.native_id for item in document.items}


@given(st.binary(max_size=200) | hostile, st.booleans())
def test_nothing_but_a_feed_error_comes_of_nonsense(body: Any, in_xml: bool) -> None:
    at = f"1 xml {int(NOW.timestamp())}" if in_xml else ""
    with suppress(FeedError):
        read(body, cursor=paging.Descent(at=at).kept())


@pytest.mark.parametrize("seed", range(4))
def test_every_review_is_collected_whatever_cuts_the_polls_off(seed: int) -> None:
    """JSON pages are empty at random, XML pages when there were too many requests."""
    luck = random.Random(seed)
    written: list[tuple[str, datetime]] = []

    def serve(url: str) -> bytes:
        path = urlsplit(url).path.split("/")
        number, form = int(path[4].removeprefix("page=")), path[-1]
        newest = written[::-1][50 * (number - 1) : 50 * number]
        found = [review(name, updated={"label": at.isoformat()}) for name, at in newest]
        if form == "json":
            return json.dumps(reviews(APP, *([] if luck.random() < 0.3 else found))).encode()
        return xml(APP, *([] if luck.random() < 0.3 else found))

    now = NOW
    collector = Collector(appstore.KIND, serve, URL, since=NOW - timedelta(days=2))
    for _ in range(15):
        now += timedelta(hours=luck.randint(1, 9))
        for _ in range(luck.choice([0, 0, 1, 30, 90])):
            written.append((str(len(written) + 1), now - timedelta(minutes=1)))
        with suppress(FeedError):
            collector.poll(now, pages=luck.choice([1, 2, 20, 20]))
    for _ in range(8):
        with suppress(FeedError):
            collector.poll(now := now + timedelta(hours=1))
    assert set(collector.stored) == {name for name, _ in written}


def test_the_recorded_answer_is_read_whole() -> None:
    recorded = json.loads(sample("appstore/customerreviews_shape_2026-09-20.json"))["response"]
    (item,) = read(recorded).items
    assert item == RawItem(
        native_id="14548543799",
        url="https://itunes.apple.com/in/review?id=1592550875&type=Purple%20Software",
        title="★★★★★ title",
        text="text",
        author="reviewer",
        published_at=datetime(2026, 9, 14, 11, 24, 23, tzinfo=UTC),
        engagement={"likes": 3.0},
    )
