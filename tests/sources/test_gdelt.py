"""GDELT: headlines of the world's news, read on by windows of time."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import gdelt, windows
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

HOME = gdelt.KIND.home
QUARTER = timedelta(minutes=15)
ARTICLE: dict[str, Any] = {
    "url": "https://outlet.example/news/1",
    "url_mobile": "",
    "title": "Fire &amp; smoke at Acme",
    "seendate": "20261122T114500Z",
    "socialimage": "https://outlet.example/1.jpg",
    "domain": "outlet.example",
    "language": "English",
    "sourcecountry": "Ireland",
}


def articles(*found: Any) -> dict[str, Any]:
    return {"articles": list(found)}


def read(body: Any, *, cursor: str = "", query: str = "x") -> FeedDocument:
    return gdelt.read(answered(body, asked(HOME, query=query, cursor=cursor)))


def only(**change: Any) -> RawItem:
    (item,) = read(articles({**ARTICLE, **change})).items
    return item


def stamp(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M%S")


class TestTheAddress:
    def test_asks_for_all_of_a_window_from_the_newest_on(self) -> None:
        since = NOW - timedelta(hours=24)
        made = gdelt.ask(asked(HOME, query="Acme Air", since=since))
        assert made.startswith("https://api.gdeltproject.org/api/v2/doc/doc?")
        assert params(made) == {
            "query": '"Acme Air"',
            "mode": "artlist",
            "format": "json",
            "sort": "datedesc",
            "maxrecords": "250",
            "startdatetime": stamp(since),
            "enddatetime": stamp(NOW),
        }

    @pytest.mark.parametrize(
        ("name", "query"),
        [
            ("Acme", "Acme"),
            ("HP", "HP"),
            ("Ünited", "Ünited"),
            ("H&M", '"H&M"'),
            ("Coca-Cola", '"Coca-Cola"'),
            ('Acme "Air"', '"Acme Air"'),
        ],
    )
    def test_holds_a_single_word_without_quotation_marks(self, name: str, query: str) -> None:
        assert params(gdelt.ask(asked(HOME, query=name)))["query"] == query

    def test_reaches_back_three_months_at_most(self) -> None:
        oldest = stamp(NOW - timedelta(days=89))
        assert params(gdelt.ask(asked(HOME, query="x")))["startdatetime"] == oldest

    def test_never_asks_for_tomorrow(self) -> None:
        ahead = windows.Window(
            floor=int(NOW.timestamp()) + 900, at=int(NOW.timestamp()) + 60
        ).kept()
        made = params(gdelt.ask(asked(HOME, query="x", cursor=ahead)))
        assert made["startdatetime"] == made["enddatetime"] == stamp(NOW)

    def test_goes_on_where_the_page_before_ended(self) -> None:
        at = NOW - timedelta(hours=1)
        kept = windows.Window(floor=0, at=int(at.timestamp()), top=1).kept()
        assert params(gdelt.ask(asked(HOME, query="x", cursor=kept)))["enddatetime"] == stamp(at)

    def test_is_asked_for_what_newspapers_print(self) -> None:
        names = ("United Airlines", "@united", "#united")
        assert gdelt.KIND.queries(HOME, names, False) == ("United Airlines",)


class TestAnArticle:
    def test_is_its_title_and_its_outlet(self) -> None:
        assert only() == RawItem(
            native_id="https://outlet.example/news/1",
            url="https://outlet.example/news/1",
            title="Fire & smoke at Acme",
            author="outlet.example",
            published_at=datetime(2026, 11, 22, 11, 45, tzinfo=UTC),
            language="en",
        )

    @pytest.mark.parametrize(
        ("name", "given", "title"),
        [
            ("McDonald's", "McDonald ' s says sorry , again", "McDonald's says sorry, again"),
            ("Coca-Cola", "COCA - COLA recall - Reuters", "COCA-COLA recall - Reuters"),
            ("AT&T", "Is AT &amp; T down ?", "Is AT&T down?"),
            ("U.S. Bank", "Why U . S . Bank won ' t pay", "Why U.S. Bank won't pay"),
            ("Booking.com", "Booking . com ( again ) hacked", "Booking.com (again) hacked"),
            ("Yahoo!", "Users of Yahoo ! Mail cut off", "Users of Yahoo! Mail cut off"),
            ("Ana María", "Caso Ana María : Trasladan a dos", "Caso Ana María: Trasladan a dos"),
            ("Acme", "They say ' sorry ' - and mean it", "They say ' sorry ' - and mean it"),
            ("H&M", "H&M in Ham & Mustard row", "H&M in Ham & Mustard row"),
            ("C.H", "Acme Bac . h - 12", "Acme Bac . h - 12"),
        ],
    )
    def test_is_without_the_spaces_around_its_signs(
        self, name: str, given: str, title: str
    ) -> None:
        """As GDELT gives all of its titles: no name with a sign in it would be found there."""
        (item,) = read(articles({**ARTICLE, "title": given}), query=name).items
        assert item.title == title

    @pytest.mark.parametrize("name", ["", " ", "(", "\\", "a" * 300])
    def test_is_read_whatever_was_asked_for(self, name: str) -> None:
        assert read(articles(ARTICLE), query=name).items[0].title == "Fire & smoke at Acme"

    @pytest.mark.parametrize(
        ("language", "code"),
        [
            ("Spanish", "es"),
            ("Chinese", "zh"),
            ("Vietnamese", "vi"),
            ("Afrikaans", "af"),
            ("Klingon", None),
            (None, None),
            (5, None),
        ],
    )
    def test_names_its_language(self, language: Any, code: str | None) -> None:
        assert only(language=language).language == code

    @pytest.mark.parametrize(
        "seen", ["20261322T000000Z", "yesterday", "", None, 20261122, "19700101T000000Z"]
    )
    def test_of_an_impossible_date_has_none(self, seen: Any) -> None:
        assert only(seendate=seen).published_at is None

    @pytest.mark.parametrize(
        "change",
        [{"url": "javascript:alert(1)"}, {"url": None}, {"title": " "}, {"title": {}}],
    )
    def test_without_a_title_or_an_address_is_left_out(self, change: dict[str, Any]) -> None:
        found = read(articles({**ARTICLE, **change}, {**ARTICLE, "url": "https://b.example/"}))
        assert [item.url for item in found.items] == ["https://b.example/"]

    def test_comes_once(self) -> None:
        assert len(read(articles(ARTICLE, ARTICLE)).items) == 1


class TestAnAnswer:
    @pytest.mark.parametrize("body", [{}, {"articles": []}])
    def test_that_is_empty_is_quiet_and_keeps_its_place(self, body: Any) -> None:
        kept = windows.Window(floor=900).kept()
        assert read(body, cursor=kept) == FeedDocument(items=(), cursor=kept)

    @pytest.mark.parametrize(
        ("body", "reason", "wait"),
        [
            (
                b"Please limit requests to one every 5 seconds or contact us.",
                "GDELT says: Please limit requests to one every 5 seconds",
                60.0,
            ),
            (b"\xef\xbb\xbf Your query was too short.\n", "GDELT says: Your query was", None),
            (b"The specified phrase is too short.", "says: The specified phrase", None),
            (b"<html>502</html>", "looks like HTML", None),
            (b"", "it is empty", None),
            (b'{"articles": [', "broken JSON", None),
            ([], "JSON, but no object", None),
            ({"timeline": []}, "no list of 'articles'", None),
            ({"articles": {}}, "no list of 'articles'", None),
            (articles({"link": "x"}, 5), "no entry of 'articles' has 'url'", None),
            (articles({"url": "x"}), "none of its articles could be read", None),
        ],
    )
    def test_that_is_an_error_is_one_whatever_its_status(
        self, body: Any, reason: str, wait: float | None
    ) -> None:
        with pytest.raises(FeedError, match=reason) as caught:
            read(body)
        assert caught.value.wait_seconds == wait

    @pytest.mark.parametrize(
        ("inner", "title"),
        [
            (rb"it\'s", r"it\'s"),
            (rb"a \d \\ \"b\" \u00e9 \u00zz", 'a \\d \\ "b" é \\u00zz'),
            (b"a\tb\nc", "a b c"),
            (rb"end\\", "end\\"),
        ],
    )
    def test_may_hold_titles_that_are_no_json(self, inner: bytes, title: str) -> None:
        body = json.dumps(articles({**ARTICLE, "title": "@"})).encode().replace(b"@", inner)
        assert [item.title for item in read(body).items] == [title]

    def test_that_is_full_is_gone_on_from_its_oldest(self) -> None:
        full = [{**ARTICLE, "url": f"https://a.example/{n}"} for n in range(250)]
        full[-1]["seendate"] = "20261122T100000Z"
        document = read(articles(*full))
        assert document.more
        at = datetime(2026, 11, 22, 10, tzinfo=UTC)
        assert json.loads(document.cursor or "")["at"] == int(at.timestamp())
        assert not read(articles(*full[1:])).more


@given(
    st.dictionaries(st.sampled_from(list(ARTICLE)), hostile, max_size=5),
    st.lists(hostile, max_size=2),
)
def test_fields_of_any_type_are_survived(change: dict[str, Any], more: list[Any]) -> None:
    document = read(articles(ARTICLE, {**ARTICLE, **change, "url": "https://b.example/"}, *more))
    assert "https://outlet.example/news/1" in {item.native_id for item in document.items}


@given(st.binary(max_size=200) | hostile)
def test_nothing_but_a_feed_error_comes_of_nonsense(body: Any) -> None:
    with suppress(FeedError):
        read(body)


@pytest.mark.parametrize("seed", range(4))
def test_every_article_is_collected_whatever_cuts_the_polls_off(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Articles come every quarter of an hour, half of them late; answers are lost or empty."""
    monkeypatch.setattr(gdelt, "_SIZE", 25)
    luck = random.Random(seed)
    published: list[tuple[str, datetime, datetime]] = []
    clock = [NOW]

    def serve(url: str) -> bytes:
        if luck.random() < 0.2:
            return luck.choice([b"{}", b"Please limit requests", b"<html>"])
        asked_for = params(url)
        start, end = (
            datetime.strptime(asked_for[name], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            for name in ("startdatetime", "enddatetime")
        )
        found = [
            {**ARTICLE, "url": name, "seendate": at.strftime("%Y%m%dT%H%M%SZ")}
            for name, at, shown in published
            if start <= at <= end and shown <= clock[0]
        ]
        newest = sorted(found, key=lambda article: str(article["seendate"]), reverse=True)
        return json.dumps(articles(*newest[: int(asked_for["maxrecords"])])).encode()

    collector = Collector(gdelt.KIND, serve, HOME, since=NOW - timedelta(hours=24))
    for _ in range(30):
        clock[0] += QUARTER
        for _ in range(luck.choice([0, 1, 5, 12, 20])):
            name = f"https://a.example/{len(published)}"
            shown = clock[0] + timedelta(minutes=luck.choice([0, 40]))
            published.append((name, clock[0], shown))
        for _ in range(luck.choice([0, 1, 2])):
            with suppress(FeedError):
                collector.poll(clock[0], pages=luck.choice([1, 4]))
    clock[0] += timedelta(minutes=40)
    for _ in range(20):
        with suppress(FeedError):
            collector.poll(clock[0])
    assert set(collector.stored) == {name for name, _, _ in published}
    assert collector.warnings == []


def test_the_recorded_shapes_are_known() -> None:
    shapes = json.loads(sample("gdelt/doc_api_shapes_2026-05-20.json"))["shapes"]
    (item,) = read(shapes["artlist"]).items
    assert item.published_at == datetime(2026, 5, 20, 22, 15, tzinfo=UTC)
    assert (item.language, item.author) == ("en", "jdsupra.com")
    assert read(shapes["silent_empty_http_200"]).items == ()
    for name in ("throttle_body_text_plain_http_200_or_429", "bad_query_http_200"):
        with pytest.raises(FeedError, match="GDELT says"):
            read(shapes[name].encode())
