"""Feeds of every dialect, whole and broken: bytes in, items out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.polling import FeedDocument, RawItem, Request, SourceState
from monitor.errors import FeedError
from monitor.sources import feed
from monitor.sources.kind import Ask, request

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/feeds/all.xml"
SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
}
NAMESPACES = " ".join(f'xmlns:{name}="{uri}"' for name, uri in SPACES.items())


def rss(items: str = "", *, channel: str = "", version: str = "2.0") -> bytes:
    head = f'<rss version="{version}" {NAMESPACES}><channel><title>News</title>{channel}'
    return f"{head}{items}</channel></rss>".encode()


def atom(entries: str, *, head: str = "", attributes: str = "") -> bytes:
    spaces = f'xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} {attributes}'
    return f"<feed {spaces}><title>News</title>{head}{entries}</feed>".encode()


def read(body: bytes, *, url: str = URL, **headers: str) -> FeedDocument:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return feed.read(body, headers=named, url=url, now=NOW)


def only(body: bytes, **given: str) -> RawItem:
    (item,) = read(body, **given).items
    return item


def item(inner: str) -> RawItem:
    """The one item of an RSS feed; it has a title unless `inner` gives one."""
    title = "" if "<title>" in inner else "<title>A title</title>"
    return only(rss(f"<item>{title}{inner}</item>"))


class TestDialects:
    def test_rss_2(self) -> None:
        body = rss(
            "<item><guid isPermaLink='false'>id-1</guid><title>Fire &amp;amp; smoke</title>"
            "<link>https://news.example/1</link><dc:creator>Ann Lee</dc:creator>"
            "<pubDate>Sun, 22 Nov 2026 10:00:00 +0100</pubDate>"
            "<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description></item>",
            channel="<language>en-GB</language>",
        )
        assert read(body) == FeedDocument(
            title="News",
            items=(
                RawItem(
                    native_id="id-1",
                    url="https://news.example/1",
                    title="Fire & smoke",
                    text="One.\nTwo.",
                    author="Ann Lee",
                    published_at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
                    language="en",
                ),
            ),
        )

    @pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
    def test_every_rss(self, version: str) -> None:
        body = rss("<item><title>T</title><link>https://a.example/</link></item>", version=version)
        assert (only(body).title, only(body).native_id) == ("T", "https://a.example/")

    def test_rdf(self) -> None:
        body = (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns="http://purl.org/rss/1.0/"><channel rdf:about="c"><title>News</title></channel>'
            '<item rdf:about="urn:1"><title>T</title><link>https://a.example/</link></item>'
            "</rdf:RDF>"
        )
        assert only(body.encode()).native_id == "urn:1"

    def test_atom(self) -> None:
        body = atom(
            "<entry><id>tag:1</id><title type='html'>&lt;b&gt;T&lt;/b&gt;</title>"
            "<link href='/posts/1'/><author><name>/u/ann</name></author>"
            "<updated>2026-11-22T09:00:00Z</updated><published>2026-11-21T09:00:00Z</published>"
            "<summary>Short</summary><content type='html'>&lt;p&gt;Longer&lt;/p&gt;</content>"
            "</entry>",
            attributes='xml:lang="de-AT"',
        )
        assert only(body) == RawItem(
            native_id="tag:1",
            url="https://news.example/posts/1",
            title="T",
            text="Longer",
            author="/u/ann",
            published_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
            language="de",
        )

    def test_json_feed(self) -> None:
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": "1", "title": "T"}],
        }
        for lead in (b"", b"\xef\xbb\xbf", b" \n"):
            assert only(lead + json.dumps(body).encode()).title == "T"

    def test_a_search_result_is_by_the_outlet_it_comes_from(self) -> None:
        found = item("<source url='https://out.example'>The Outlet</source>")
        assert found.author == "The Outlet"

    def test_encodings_are_those_of_the_document_or_of_the_header(self) -> None:
        declared = '<?xml version="1.0" encoding="iso-8859-1"?>' + rss(
            "<item><title>caf\xe9</title></item>"
        ).decode("utf-8")
        assert only(declared.encode("iso-8859-1")).title == "café"
        undeclared = rss("<item><title>caf\xe9</title></item>").decode().encode("iso-8859-1")
        content_type = "application/xml; charset=iso-8859-1"
        assert only(undeclared, content_type=content_type).title == "café"

    @pytest.mark.parametrize("title", ["Citroën fährt nach Köln", "Ситроен сгорел", "炎上"])
    @pytest.mark.parametrize("cut", [b"\xc3", b"\xe2\x80"])
    def test_a_text_cut_within_a_character_spoils_no_other(self, title: str, cut: bytes) -> None:
        items = rss(f"<item><title>{title}</title></item><item><title>Sorry CUT</title></item>")
        for content_type in ("application/rss+xml; charset=utf-8", "text/xml"):
            found = read(items.replace(b"CUT", cut), content_type=content_type)
            assert [one.title for one in found.items] == [title, "Sorry \ufffd"]

    @pytest.mark.parametrize("said", ["windows-1252", "windows-1251", "iso-8859-2", "utf-16"])
    def test_utf_8_is_known_by_its_bytes_whatever_is_said_of_it(self, said: str) -> None:
        inner = "<item><title>Citroën in Köln</title></item>"
        declared = f'<?xml version="1.0" encoding="{said}"?>'.encode() + rss(inner)
        assert only(declared, content_type="application/xml").title == "Citroën in Köln"
        header = f"text/xml; charset={said}"
        assert only(rss(inner), content_type=header).title == "Citroën in Köln"

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_a_mark_is_surer_than_a_header(self, encoding: str) -> None:
        marked = f"\ufeff{rss('<item><title>A fire</title></item>').decode()}".encode(encoding)
        assert only(marked, content_type="text/xml; charset=utf-8").title == "A fire"

    @pytest.mark.parametrize(
        ("encoding", "title"),
        [
            ("windows-1252", "Été à Köln"),
            ("windows-1251", "Пассажира вытащили из самолёта"),
            ("cp874", "การบินไทยยกเลิกเที่ยวบินทั้งหมดในวันพรุ่งนี้"),
            ("gbk", "东航一架客机坠毁机上一百三十二人全部遇难"),
            ("euc-kr", "대한항공 승무원이 승객을 폭행했다는 주장"),
            ("shift_jis", "全日空の乗客が機内で負傷し、会社は謝罪した"),
        ],
    )
    def test_any_other_encoding_is_the_one_that_is_declared(
        self, encoding: str, title: str
    ) -> None:
        text = rss(f"<item><title>{title}</title></item>").decode()
        declared = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
        assert only(declared, content_type="application/rss+xml").title == title


class TestText:
    ARTICLE = "<description>Acme Air cancelled every flight out of Leeds.</description>"
    CAPTION = (
        "<media:content url='https://img.example/1.jpg' medium='image' width='1800'/>"
        "<media:credit>Jane Doe for The Paper</media:credit>"
        "<media:description type='plain'>Passengers waiting on Sunday.</media:description>"
    )
    NOTES = "<content:encoded><![CDATA[<p>Our guest on what went wrong.</p>]]></content:encoded>"

    @pytest.mark.parametrize("inner", [ARTICLE + CAPTION, CAPTION + ARTICLE])
    def test_is_the_article_and_not_the_caption_of_its_photo(self, inner: str) -> None:
        assert item(inner).text == "Acme Air cancelled every flight out of Leeds."

    def test_is_the_notes_of_an_episode_and_not_its_short_form_for_a_shop(self) -> None:
        short = "<itunes:summary>A guest.</itunes:summary>"
        for inner in (
            short + self.NOTES,
            self.NOTES + short,
            f"{short}{self.ARTICLE}{self.NOTES}",
        ):
            assert item(inner).text != "A guest."

    @pytest.mark.parametrize("name", ["itunes:summary", "media:description"])
    def test_stands_beside_where_it_stands_nowhere_else(self, name: str) -> None:
        assert item(f"<{name}>Acme &amp;amp; all</{name}>").text == "Acme & all"
        assert item(f"<{name}/>{self.ARTICLE}").text.startswith("Acme Air")

    def test_is_the_summary_where_the_content_is_but_a_picture_with_its_credit(self) -> None:
        picture = "<content:encoded><![CDATA[<img src='1.jpg'/> Photo: AP]]></content:encoded>"
        assert item(self.ARTICLE + picture).text.startswith("Acme Air")


class TestIds:
    def test_fall_back_to_the_link_and_then_to_what_is_said(self) -> None:
        assert item("<guid>g</guid><link>https://a.example/</link>").native_id == "g"
        assert item("<link>https://a.example/</link>").native_id == "https://a.example/"
        said = item("<description>words</description>").native_id
        assert said.startswith("sha256:")
        assert said == item("<description>words</description>").native_id
        assert said != item("<description>other words</description>").native_id

    def test_do_not_change_when_the_feed_moves(self) -> None:
        body = atom("<entry><id>1234</id><title>T</title></entry>")
        assert only(body, url="https://new.example/x").native_id == "1234"

    def test_of_any_length_are_kept_short(self) -> None:
        assert item(f"<guid>{'x' * 500}</guid>").native_id == "x" * 500
        long, longer = (item(f"<guid>{'x' * size}</guid>").native_id for size in (501, 900))
        assert long.startswith("sha256:")
        assert long != longer

    def test_that_repeat_within_a_document_are_taken_once(self) -> None:
        body = rss(
            "<item><guid>1</guid><title>a</title></item><item><guid>1</guid><title>b</title></item>"
        )
        assert [found.title for found in read(body).items] == ["a"]

    def test_of_entries_that_all_lead_to_one_page_are_what_they_say(self) -> None:
        """As of a status page that gives no guid: each is a mention of its own."""
        page = "<link>https://status.example/</link>"
        old = f"<item><title>Acme mail is slow</title>{page}</item>"
        new = f"<item><title>Acme loses all backups</title>{page}</item>"
        first, second = read(rss(new + old)).items
        assert [first.title, second.title] == ["Acme loses all backups", "Acme mail is slow"]
        assert first.native_id != second.native_id
        assert read(rss(old + new)).items == (second, first)
        assert only(rss(old + old)).native_id == "https://status.example/"


class TestLinks:
    @pytest.mark.parametrize(
        ("link", "expected"),
        [
            ("https://a.example/x?y=1", "https://a.example/x?y=1"),
            ("/x", "https://news.example/x"),
            ("x", "https://news.example/feeds/x"),
            ("//b.example/", "https://b.example/"),
            ("javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("file:///etc/passwd", None),
            ("http://[::1", None),
            ("http://", None),
            ("https://a.example/" + "x" * 4000, None),
        ],
    )
    def test_lead_to_the_web_or_nowhere(self, link: str, expected: str | None) -> None:
        assert item(f"<link>{link}</link>").url == expected


class TestDates:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("Sun, 22 Nov 2026 10:00:00 GMT", datetime(2026, 11, 22, 10, tzinfo=UTC)),
            ("Sun, 22 Nov 2026 10:00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
            ("Sun, 22 Nov 2026 10:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
            ("Sun, 22 Nov 99999 10:00:00", None),
            ("2026-11-22T10:00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
            ("2026-11-22T10:00:00-05:00", datetime(2026, 11, 22, 15, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 12:00:00 GMT", datetime(2026, 11, 23, 12, tzinfo=UTC)),
            ("Mon, 23 Nov 2026 12:00:01 GMT", None),
            ("Mon, 01 Jan 1990 00:00:00 GMT", datetime(1990, 1, 1, tzinfo=UTC)),
            ("Sun, 31 Dec 1989 23:59:59 GMT", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("1246-01-01T00:00:00Z", None),
            ("9999-12-31T23:59:59-12:00", None),
            ("yesterday", None),
            ("2026/11/21 9:05", datetime(2026, 11, 21, 9, 5, tzinfo=UTC)),
            ("2026/11/21 09:05:00 +0900", datetime(2026, 11, 21, 0, 5, tzinfo=UTC)),
            ("2026年11月21日 09:05", datetime(2026, 11, 21, 9, 5, tzinfo=UTC)),
            ("21.11.2026 09:05", datetime(2026, 11, 21, 9, 5, tzinfo=UTC)),
            ("21.11.2026 9:05 p.m.", datetime(2026, 11, 21, 21, 5, tzinfo=UTC)),
            ("2026/11/21 at noon", None),
            ("01-11-2026 10:00", None),
            ("01/11/2026 10:00", None),
        ],
    )
    def test_that_can_be_true_are_kept(self, date: str, expected: datetime | None) -> None:
        assert item(f"<pubDate>{date}</pubDate>").published_at == expected

    def test_of_a_change_stand_in_for_the_date_of_publication(self) -> None:
        body = atom(
            "<entry><id>1</id><title>T</title><updated>2026-11-21T09:00:00Z</updated></entry>"
        )
        assert only(body).published_at == datetime(2026, 11, 21, 9, tzinfo=UTC)


class TestEngagement:
    def test_is_what_the_feed_counts(self) -> None:
        assert item("<slash:comments>4</slash:comments>").engagement == {"replies": 4.0}
        assert item("<thr:total>0</thr:total>").engagement == {"replies": 0.0}
        video = (
            "<media:group><media:community><media:starRating count='5'/>"
            "<media:statistics views='99'/></media:community></media:group>"
        )
        assert item(video).engagement == {"views": 99.0, "likes": 5.0}

    @pytest.mark.parametrize("count", ["", "many", "-1", "9" * 16, "1e5"])
    def test_that_is_no_count_is_unknown(self, count: str) -> None:
        assert item(f"<slash:comments>{count}</slash:comments>").engagement == {}


class TestLanguage:
    @pytest.mark.parametrize(
        ("tag", "expected"),
        [("en", "en"), ("EN_us", "en"), ("fil-PH", "fil"), ("English", None), ("", None)],
    )
    def test_is_the_first_part_of_the_tag(self, tag: str, expected: str | None) -> None:
        body = rss("<item><title>T</title></item>", channel=f"<language>{tag}</language>")
        assert only(body).language == expected

    def test_of_the_entry_wins(self) -> None:
        entry = "<entry><id>1</id><title xml:lang='fr'>T</title></entry>"
        assert only(atom(entry, attributes='xml:lang="de"')).language == "fr"

    def test_of_an_item_wins_over_that_of_its_channel(self) -> None:
        inner = "<item><title>Der Zug</title><dc:language>de-AT</dc:language></item>"
        assert only(rss(inner, channel="<language>en</language>")).language == "de"


class TestAuthors:
    HEAD = "<author><name>Ann Lee</name><email>ann@blog.example</email></author>"

    def test_of_a_blog_in_atom_stand_once_at_its_head(self) -> None:
        by_none = "<entry><id>1</id><title>Acme Air again</title></entry>"
        by_bob = "<entry><id>2</id><title>T</title><author><name>Bob</name></author></entry>"
        found = read(atom(by_none + by_bob, head=self.HEAD)).items
        assert [one.author for one in found] == ["Ann Lee", "Bob"]

    @pytest.mark.parametrize(
        "author",
        [
            "<author>ann@blog.example (Ann Lee)</author>",
            "<author>Ann Lee</author>",
            "<dc:creator>Ann Lee</dc:creator>",
            "<dc:creator>Ann Lee (ann@blog.example)</dc:creator>",
        ],
    )
    def test_are_named_without_their_addresses(self, author: str) -> None:
        """Else one person would be two where only one of two feeds gives the address."""
        assert item(author).author == "Ann Lee"

    @pytest.mark.parametrize("name", ["Ann (@ann@social.example)", "Ann (Reuters)", "a@b (c) d"])
    def test_are_left_as_they_are_otherwise(self, name: str) -> None:
        assert item(f"<dc:creator>{name}</dc:creator>").author == name

    def test_of_whom_the_address_alone_is_given_are_called_so(self) -> None:
        assert item("<author>ann@blog.example</author>").author == "ann@blog.example"

    def test_are_not_who_answers_for_a_channel_of_rss(self) -> None:
        editor = "<managingEditor>editor@paper.example</managingEditor>"
        assert only(rss("<item><title>T</title></item>", channel=editor)).author is None


class TestHowOftenItWantsToBeAsked:
    @pytest.mark.parametrize(
        ("channel", "seconds"),
        [
            ("", None),
            ("<ttl>60</ttl>", 3600.0),
            ("<ttl> 5 </ttl>", 300.0),
            ("<ttl>0</ttl>", None),
            ("<ttl>-5</ttl>", None),
            ("<ttl>soon</ttl>", None),
            ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3600.0),
            ("<sy:updatePeriod> Daily </sy:updatePeriod>", 86400.0),
            (
                "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
                21600.0,
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
                3600.0,
            ),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>x</sy:updateFrequency>",
                3600.0,
            ),
            ("<sy:updatePeriod>always</sy:updatePeriod>", None),
            ("<sy:updateFrequency>4</sy:updateFrequency>", None),
            ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600.0),
        ],
    )
    def test_is_the_longer_of_what_it_says(self, channel: str, seconds: float | None) -> None:
        assert read(rss(channel=channel)).ttl_seconds == seconds


class TestABadDocument:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "not a feed: the document is empty"),
            (b"\xef\xbb\xbf \r\n", "not a feed: the document is empty"),
            (b"<!DOCTYPE html><html><body><item>x</item></body></html>", "looks like HTML"),
            (b"<html><head><title>Not here</title></head></html>", "looks like HTML"),
            (b"<?xml version='1.0'?><urlset><url/></urlset>", "looks like XML"),
            (b"<!-- x --><opml/>", "looks like XML"),
            (b"\x1f\x8b\x08\x00 ...", "looks like gzip"),
            (b"Service unavailable", "looks like text"),
            (b"[1, 2]", "not a feed: JSON"),
            (b"<rss version='2.0'><channel><title>x", "no entry could be read"),
        ],
    )
    def test_that_is_no_feed_is_refused_with_what_it_looks_like(
        self, body: bytes, reason: str
    ) -> None:
        with pytest.raises(FeedError, match=reason):
            read(body)

    def test_that_is_whole_but_empty_is_fine(self) -> None:
        assert read(rss()) == FeedDocument(items=(), title="News")

    def test_that_breaks_off_is_read_as_far_as_it_goes(self) -> None:
        body = rss("<item><guid>1</guid><title>whole</title></item><item><title>half").split(
            b"</ch"
        )[0]
        document = read(body)
        assert [found.title for found in document.items] == ["whole"]
        assert document.warning is not None
        assert document.warning.startswith("broken feed: ")

    def test_a_wrong_label_alone_is_not_worth_a_warning(self) -> None:
        body = rss("<item><title>T</title></item>")
        assert read(body, content_type="text/plain").warning is None
        assert read(body, content_type="text/xml; charset=us-ascii").warning is None

    def test_that_breaks_the_parser_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> Any:
            raise KeyError("no such thing")

        monkeypatch.setattr("feedparser.parse", broken)
        with pytest.raises(
            FeedError, match="not readable as a feed \\(KeyError: 'no such thing'\\)"
        ):
            read(rss())

    def test_that_takes_too_much_memory_is_for_the_caller(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def greedy(*_: object, **__: object) -> Any:
            raise MemoryError

        monkeypatch.setattr("feedparser.parse", greedy)
        with pytest.raises(MemoryError):
            read(rss())

    def test_of_any_length_gives_the_first_500_entries(self) -> None:
        document = read(rss("".join(f"<item><title>{n}</title></item>" for n in range(510))))
        assert [found.title for found in document.items] == [str(n) for n in range(500)]
        assert document.dropped == 10

    def test_of_any_length_gives_the_newest_entries_wherever_they_stand(self) -> None:
        days = [NOW - timedelta(days=n) for n in range(510, 0, -1)]
        dates = [f"<guid>{at}</guid><pubDate>{at:%d %b %Y %T} GMT</pubDate>" for at in days]
        document = read(rss("".join(f"<item><title>T</title>{one}</item>" for one in dates)))
        assert [found.published_at for found in document.items] == days[10:]
        assert document.title == "News"
        assert (document.dropped, document.warning) == (10, None)
        assert document.remark == "10 older entries left out"

    def test_entries_that_say_nothing_are_left_out(self) -> None:
        assert read(rss("<item><guid>1</guid><link>https://a.example/</link></item>")).items == ()

    def test_entities_are_not_followed(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("the secret")
        doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        body = doctype.encode() + rss("<item><title>[&x;]</title></item>")
        assert all("secret" not in (found.title or "") for found in read(body).items)

    @pytest.mark.parametrize("between", ["", " ", "\n"])
    def test_names_of_letters_are_read_wherever_the_doctype_stands(self, between: str) -> None:
        doctype = '<?xml version="1.0"?>{}<!DOCTYPE rss SYSTEM "https://a.example/rss.dtd">'
        body = rss("<item><title>Caf&eacute; Z&uuml;rich</title></item>")
        assert only(doctype.format(between).encode() + body).title == "Café Zürich"


TOMBSTONES = 'xmlns:at="http://purl.org/atompub/tombstones/1.0"'


def tomb(ref: str) -> str:
    return f'<at:deleted-entry when="2026-11-22T11:00:00Z" ref="{ref}"><at:by/></at:deleted-entry>'


class TestTombstones:
    """https://www.rfc-editor.org/rfc/rfc6721"""

    def test_deleted_entries_are_named_wherever_they_stand(self) -> None:
        entry = "<entry><id>1</id><title>Here</title></entry>"
        body = tomb("tag:2") + entry + tomb("a?b&amp;c") + "<at:deleted-entry ref='4'/>"
        document = read(atom(body + tomb("4"), attributes=TOMBSTONES))
        assert document.deleted == ("tag:2", "a?b&c", "4")
        assert [item.native_id for item in document.items] == ["1"]

    def test_an_entry_that_was_taken_back_is_not_deleted(self) -> None:
        body = tomb("1") + "<entry><id>1</id><title>Here again</title></entry>"
        assert read(atom(body, attributes=TOMBSTONES)).deleted == ()

    def test_a_feed_of_nothing_else_is_a_feed(self) -> None:
        assert read(atom(tomb("1"), attributes=TOMBSTONES)).deleted == ("1",)

    @pytest.mark.parametrize(
        "within",
        [
            f"<!-- {tomb('2')} -->",
            f"<entry><id>1</id><content><![CDATA[</entry>{tomb('2')}]]></content></entry>",
            f'<entry><id>1</id><content type="xhtml"><div>{tomb("2")}</div></content></entry>',
            "<at:deleted-entry when='2026-11-22T11:00:00Z'/>",
            f"<entry><title>broken off {tomb('2')}",
        ],
    )
    def test_what_an_entry_says_deletes_nothing(self, within: str) -> None:
        body = "<entry><id>3</id><title>Here</title></entry>" + within
        assert read(atom(body, attributes=TOMBSTONES)).deleted == ()

    def test_a_feed_that_knows_no_tombstones_has_none(self) -> None:
        body = "<entry><id>1</id><title>Here</title></entry>" + tomb("2")
        assert read(atom(body, attributes='xmlns:at="https://a.example/"')).deleted == ()


class TestARequest:
    STATE = SourceState(
        id=1,
        name="news",
        kind="feed",
        url=URL,
        etag='"a"',
        last_modified="today",
        last_unconditional_at=NOW,
    )

    def test_sends_what_is_known_back(self) -> None:
        made = asked(self.STATE, now=NOW)
        assert made.url == URL
        assert made.headers["If-None-Match"] == '"a"'
        assert made.headers["If-Modified-Since"] == "today"
        assert made.headers["Accept"].startswith("application/atom+xml, ")

    def test_sends_only_what_is_known(self) -> None:
        for name, header in (("etag", "If-None-Match"), ("last_modified", "If-Modified-Since")):
            known = {"etag": None, "last_modified": None, name: "x"}
            made = asked(_with(self.STATE, **known), now=NOW)
            assert {header: "x", "Accept": feed.ACCEPT} == made.headers

    def test_asks_for_all_of_it_every_eight_days(self) -> None:
        made = asked(self.STATE, now=NOW + timedelta(days=8))
        assert made.headers == {"Accept": feed.ACCEPT}


def asked(state: SourceState, *, now: datetime) -> Request:
    ask = Ask(url=state.url, query="", cursor="", since=None, now=now)
    return request(feed.KIND, ask, state)


def _with(state: SourceState, **changes: Any) -> SourceState:
    return replace(state, **changes)
