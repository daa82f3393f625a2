"""Reddit: posts and comments by its API and by its feeds, read on without gaps."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.polling import FeedDocument, Grant, RawItem, Request
from monitor.errors import FeedError
from monitor.sources import paging, reddit
from tests.sources.simulated import NOW, Collector, answered, asked, hostile, params, sample

API = "https://oauth.reddit.com"
FEED = "https://www.reddit.com"
#: What the API says of a post.
POST: dict[str, Any] = {
    "name": "t3_1abc",
    "id": "1abc",
    "title": "Fire &amp; smoke",
    "selftext": "One *two*",
    "selftext_html": "<!-- SC_OFF --><div class='md'><p>One <em>two</em></p></div><!-- SC_ON -->",
    "author": "ann",
    "permalink": "/r/flying/comments/1abc/fire_smoke/",
    "subreddit": "flying",
    "created_utc": NOW.timestamp() - 600,
    "score": 12,
    "num_comments": 3,
    "num_crossposts": 1,
    "view_count": None,
    "subreddit_subscribers": 99_000,
}
COMMENT: dict[str, Any] = {
    "name": "t1_kxyz",
    "id": "kxyz",
    "link_id": "t3_1abc",
    "link_title": "Fire",
    "body": "Saw *it*",
    "body_html": "<div class='md'><p>Saw <em>it</em></p></div>",
    "author": "bob",
    "permalink": "/r/flying/comments/1abc/fire_smoke/kxyz/",
    "subreddit": "flying",
    "created_utc": NOW.timestamp() - 60,
    "score": -4,
    "num_comments": 280,
}


def listing(*posts: Any, after: Any = None) -> dict[str, Any]:
    children = [{"kind": str(post["name"])[:2], "data": post} for post in posts]
    return {"kind": "Listing", "data": {"children": children, "after": after, "before": None}}


def read(body: Any, *, url: str = API, cursor: str = "", **headers: str) -> FeedDocument:
    return reddit.read(answered(body, asked(url, query="x", cursor=cursor), **headers))


def only(post: dict[str, Any]) -> RawItem:
    (item,) = read(listing(post)).items
    return item


def entry(name: str, *, at: datetime = NOW, text: str = "Some words", title: str = "T") -> str:
    words = f'<div class="md"><p>{text}</p></div>' if text else ""
    content = (
        f"<!-- SC_OFF -->{words}<!-- SC_ON --> &#32; submitted by &#32; "
        '<a href="https://ud.reddit.com/user/ann"> /u/ann </a> <br/> '
        '<span><a href="https://x.example">[link]</a></span> &#32; '
        '<span><a href="https://ud.reddit.com/r/flying/comments/1/">[comments]</a></span>'
    ).replace("&", "&amp;")
    content = content.replace("<", "&lt;").replace(">", "&gt;")
    return (
        f"<entry><author><name>/u/ann</name></author><id>{name}</id><title>{title}</title>"
        f'<content type="html">{content}</content><published>{at.isoformat()}</published>'
        f'<link href="https://ud.reddit.com/r/flying/comments/{name[3:]}/t/"/></entry>'
    )


def atom(*entries: str) -> bytes:
    space = 'xmlns="http://www.w3.org/2005/Atom"'
    return f"<feed {space}><title>search results</title>{''.join(entries)}</feed>".encode()


class TestTheAddress:
    @pytest.mark.parametrize(
        ("url", "path"),
        [
            ("https://www.reddit.com", "/search.rss"),
            ("https://www.reddit.com/", "/search.rss"),
            ("https://www.reddit.com/search", "/search.rss"),
            ("https://www.reddit.com/r/flying/search.rss", "/r/flying/search.rss"),
            ("https://www.reddit.com/r/flying", "/r/flying/new.rss"),
            ("https://www.reddit.com/r/flying/", "/r/flying/new.rss"),
            ("https://www.reddit.com/r/flying/new/.rss", "/r/flying/new.rss"),
            ("https://www.reddit.com/r/a+b/comments", "/r/a+b/comments.rss"),
            ("https://www.reddit.com/r/search", "/r/search/new.rss"),
            ("https://www.reddit.com/user/ann/m/planes/new", "/user/ann/m/planes/new.rss"),
            ("https://oauth.reddit.com", "/search.json"),
            ("https://oauth.reddit.com/r/all/comments", "/r/all/comments.json"),
            ("http://127.0.0.1:81/r/x/new.json", "/r/x/new.json"),
        ],
    )
    def test_is_made_of_what_people_write(self, url: str, path: str) -> None:
        made = reddit.ask(asked(url, query="x"))
        assert urlsplit(made).path == path
        assert urlsplit(made).netloc == urlsplit(url).netloc
        assert params(made)["sort"] == "new"
        assert params(made)["limit"] == "100"

    def test_of_a_search_holds_the_name_as_exact_words(self) -> None:
        made = params(reddit.ask(asked(API, query='United "Airlines"')))
        assert made["q"] == '"United Airlines"'
        assert made["raw_json"] == "1"
        assert "restrict_sr" not in made

    def test_of_a_search_in_one_subreddit_stays_in_it(self) -> None:
        made = params(reddit.ask(asked(f"{FEED}/r/flying/search", query="x")))
        assert made["restrict_sr"] == "1"
        assert "raw_json" not in made

    def test_of_a_list_holds_no_name(self) -> None:
        made = params(reddit.ask(asked(f"{FEED}/r/flying", query="x")))
        assert made == {"sort": "new", "limit": "100"}

    def test_keeps_what_the_user_added(self) -> None:
        made = params(reddit.ask(asked(f"{API}/search?include_over_18=on&limit=5", query="x")))
        assert (made["include_over_18"], made["limit"]) == ("on", "100")

    def test_goes_on_after_the_last_post(self) -> None:
        cursor = paging.Descent(at="t3_9z", seen=1).kept()
        assert params(reddit.ask(asked(API, query="x", cursor=cursor)))["after"] == "t3_9z"

    @pytest.mark.parametrize(
        ("url", "names"),
        [
            (API, ("United", "@united")),
            (f"{FEED}/r/x/search", ("United", "@united")),
            (f"{FEED}/r/x/new", ("",)),
            (f"{API}/r/all/comments", ("",)),
        ],
    )
    def test_of_a_list_is_asked_once_and_not_for_each_name(
        self, url: str, names: tuple[str, ...]
    ) -> None:
        assert reddit.queries(url, ("United", "@united"), False) == names

    @pytest.mark.parametrize(
        ("url", "word"),
        [
            (f"{FEED}/r/x/new/.rss?feed=0a&user=ann", "token"),
            (f"{FEED}/?user=ann", "token"),
            (f"{FEED}/r/x/new.json", "oauth.reddit.com"),
        ],
    )
    def test_that_cannot_work_is_explained(self, url: str, word: str) -> None:
        assert word in reddit.complaint(url)

    @pytest.mark.parametrize("url", [FEED, API, f"{API}/r/x.json", f"{FEED}/r/x/.rss?a=b"])
    def test_that_can_work_is_not(self, url: str) -> None:
        assert reddit.complaint(url) == ""


class TestTheToken:
    def test_of_a_feed_goes_into_the_address(self) -> None:
        request = Request(url=f"{FEED}/search.rss?q=x", headers={"Accept": "a"})
        made = reddit.authorise(request, "0ab/1:ann lee")
        assert made.url == f"{FEED}/search.rss?q=x&feed=0ab%2F1&user=ann+lee"
        assert made.headers == {"Accept": "a"}

    def test_of_a_feed_begins_the_query_if_there_is_none(self) -> None:
        assert reddit.authorise(Request(url=FEED), "0:a").url == f"{FEED}?feed=0&user=a"

    def test_of_the_api_is_got_for_the_id_and_the_secret_of_an_app(self) -> None:
        request = Request(url=f"{API}/search.json?q=x", headers={"Accept": "a"})
        made = reddit.authorise(request, "my-id:my:secret")
        where = "https://www.reddit.com/api/v1/access_token"
        grant = Grant(url=where, client="my-id", secret="my:secret")
        assert made == replace(request, grant=grant)
        assert "secret" not in repr(grant)

    def test_of_an_app_goes_into_a_header(self) -> None:
        made = reddit.authorise(Request(url=API, headers={"Accept": "a"}), "ey.J0")
        assert made == Request(url=API, headers={"Accept": "a", "Authorization": "Bearer ey.J0"})


class TestAPost:
    def test_is_read_whole(self) -> None:
        assert only(POST) == RawItem(
            native_id="t3_1abc",
            url="https://www.reddit.com/r/flying/comments/1abc/fire_smoke/",
            title="Fire & smoke",
            text="One two",
            author="u/ann",
            published_at=NOW - timedelta(minutes=10),
            engagement={"score": 12.0, "replies": 3.0, "reposts": 1.0},
        )

    def test_by_its_feed_is_the_same_without_counts(self) -> None:
        body = atom(entry("t3_1abc", text="One two", title="Fire &amp;amp; smoke"))
        (item,) = read(body, url=FEED).items
        assert replace(item, url=None) == RawItem(
            native_id="t3_1abc",
            title="Fire & smoke",
            text="One two",
            author="u/ann",
            published_at=NOW,
        )
        assert item.url == "https://www.reddit.com/r/flying/comments/1abc/t/"

    def test_under_another_name_is_not_taken_for_the_end_of_the_list(self) -> None:
        body = atom(entry("t3_1abc")).replace(b"entry>", b"thing>")
        with pytest.raises(FeedError, match="its posts have another name"):
            read(body, url=FEED)
        assert read(atom(), url=FEED).items == ()

    def test_that_only_links_has_no_text(self) -> None:
        (item,) = read(atom(entry("t3_1abc", text="")), url=FEED).items
        assert (item.title, item.text) == ("T", "")
        link = {**POST, "selftext": "", "selftext_html": None}
        assert only(link).text == ""

    def test_may_end_in_words_like_those_of_a_feed(self) -> None:
        long = "submitted by /u/x to y [link] [comments] " + "x" * 400
        (item,) = read(atom(entry("t3_1", text=long)), url=FEED).items
        assert item.text == long

    def test_is_read_as_it_was_typed_if_need_be(self) -> None:
        typed = {**POST, "selftext_html": None, "selftext": "a <b> *c*"}
        assert only(typed).text == "a <b> *c*"

    def test_of_a_cross_post_names_the_original(self) -> None:
        assert only({**POST, "crosspost_parent": "t3_0zz"}).repost_of == "t3_0zz"
        assert only({**POST, "crosspost_parent": "t3_"}).repost_of is None

    def test_with_a_hidden_score_has_none(self) -> None:
        assert only({**POST, "hide_score": True}).engagement == {"replies": 3.0, "reposts": 1.0}
        assert only({**COMMENT, "score_hidden": True}).engagement == {}

    def test_shows_its_views_where_they_are_known(self) -> None:
        assert only({**POST, "view_count": 7}).engagement["views"] == 7.0

    def test_of_an_account_that_is_gone_stays_without_the_name(self) -> None:
        assert only({**POST, "author": "[deleted]"}).author is None
        assert only({**POST, "author": None}).author is None

    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "https://evil.example/r/x/",
            "https://evilreddit.com/",
            "http://[",
        ],
    )
    def test_leads_to_reddit_or_nowhere(self, link: str) -> None:
        assert only({**POST, "permalink": link}).url is None

    @pytest.mark.parametrize("link", ["https://old.reddit.com/r/x/?utm=1", "/r/x/"])
    def test_has_one_address(self, link: str) -> None:
        assert only({**POST, "permalink": link}).url == "https://www.reddit.com/r/x/"


class TestAComment:
    def test_has_no_title_and_not_the_counts_of_its_thread(self) -> None:
        assert only(COMMENT) == RawItem(
            native_id="t1_kxyz",
            url="https://www.reddit.com/r/flying/comments/1abc/fire_smoke/kxyz/",
            text="Saw it",
            author="u/bob",
            published_at=NOW - timedelta(minutes=1),
            engagement={"score": -4.0},
        )

    def test_by_its_feed_has_no_title_either(self) -> None:
        (item,) = read(atom(entry("t1_k", title="/u/ann on Fire")), url=FEED).items
        assert (item.title, item.text) == (None, "Some words")

    def test_of_old_comes_without_an_address(self) -> None:
        old = {**COMMENT, "permalink": None}
        assert only(old).url == "https://www.reddit.com/r/flying/comments/1abc/_/kxyz/"
        assert only({**old, "subreddit": "../x"}).url is None


class TestWhatIsGone:
    @pytest.mark.parametrize(
        "change",
        [
            {"selftext": "[removed]"},
            {"selftext": "[deleted]", "author": "[deleted]"},
            {"title": "[deleted by user]", "selftext": ""},
            {"removed_by_category": "moderator"},
        ],
    )
    def test_is_said_and_its_words_are_not_kept(self, change: dict[str, Any]) -> None:
        document = read(listing({**POST, **change}, COMMENT))
        assert document.deleted == ("t3_1abc",)
        assert [item.native_id for item in document.items] == ["t1_kxyz"]

    def test_is_said_of_a_comment_too(self) -> None:
        assert read(listing({**COMMENT, "body": "[removed]"})).deleted == ("t1_kxyz",)

    def test_is_nothing_that_still_stands(self) -> None:
        standing = {**POST, "removed_by_category": None, "selftext": "[removed] by whom?"}
        assert read(listing(standing)).deleted == ()


class TestTheQuota:
    @pytest.mark.parametrize(
        ("left", "renewed", "wait"),
        [
            ("0.0", "247", 247.0),
            ("0", "12.5", 12.5),
            ("0.9", "5", 5.0),
            ("1.0", "247", None),
            ("599.0", "480", None),
            ("0", "99999", 3_600.0),
            ("0", "soon", None),
            ("-1", "5", None),
            ("", "5", None),
        ],
    )
    def test_that_is_used_up_is_waited_for(
        self, left: str, renewed: str, wait: float | None
    ) -> None:
        headers = {"x_ratelimit_remaining": left, "x_ratelimit_reset": renewed}
        assert read(listing(POST), **headers).wait_seconds == wait
        assert read(atom(entry("t3_1")), url=FEED, **headers).wait_seconds == wait


class TestAPage:
    def test_leads_to_the_next(self) -> None:
        document = read(listing(POST, after="t3_1abc"))
        assert document.more
        assert json.loads(document.cursor or "")["at"] == "t3_1abc"
        assert not read(listing(POST)).more

    def test_of_a_feed_leads_on_from_its_last_post(self) -> None:
        document = read(atom(entry("t3_2"), entry("t3_1")), url=FEED)
        assert json.loads(document.cursor or "")["at"] == "t3_1"

    @pytest.mark.parametrize("after", ["../x", "t3_", 5, {}, "t3_" + "a" * 99])
    def test_that_says_nonsense_of_the_next_leads_on_from_its_last_post(self, after: Any) -> None:
        assert json.loads(read(listing(POST, after=after)).cursor or "")["at"] == "t3_1abc"

    def test_is_not_ended_by_a_post_that_is_pinned_to_its_top(self) -> None:
        pinned = {**POST, "name": "t3_0", "created_utc": 1_600_000_000, "stickied": True}
        floor = paging.Descent(floor=int(NOW.timestamp()) - 3_600).kept()
        assert read(listing(pinned, POST, after="t3_1abc"), cursor=floor).more
        loose = {**pinned, "stickied": None}
        assert not read(listing(loose, POST, after="t3_1abc"), cursor=floor).more

    def test_of_posts_that_are_all_gone_is_no_error(self) -> None:
        assert read(listing({**POST, "selftext": "[removed]"})).items == ()

    def test_of_any_length_gives_500_posts(self) -> None:
        posts = [{**POST, "name": f"t3_{n}"} for n in range(510)]
        document = read(listing(*posts))
        assert (len(document.items), document.dropped) == (500, 10)

    def test_of_500_posts_leaves_out_none(self) -> None:
        assert read(listing(*({**POST, "name": f"t3_{n}"} for n in range(500)))).dropped == 0

    def test_names_each_post_once(self) -> None:
        gone = {**COMMENT, "body": "[removed]"}
        document = read(listing(POST, POST, gone, gone))
        assert (len(document.items), document.deleted) == (1, ("t1_kxyz",))

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"message": "Forbidden", "error": 403}, "it says 'Forbidden'"),
            ({}, "JSON, but no list of posts"),
            ([], "JSON, but no list of posts"),
            ({"data": {"children": {}, "after": None}}, "no list of posts"),
            ({"data": {"children": []}}, "no list of posts"),
            (listing({"name": "t5_2qh1i", "title": "a subreddit"}), "of no posts or comments"),
            (listing({**POST, "name": 17}), "of no posts or comments"),
            (b"<html>blocked</html>", "looks like HTML"),
            (b"", "it is empty"),
        ],
    )
    def test_that_is_none_of_the_api_is_refused(self, body: Any, reason: str) -> None:
        with pytest.raises(FeedError, match=f"not an answer of Reddit: .*{reason}"):
            read(body)

    def test_that_is_no_feed_is_refused(self) -> None:
        with pytest.raises(FeedError, match="looks like HTML"):
            read(b"<html>blocked</html>", url=FEED)

    def test_of_a_feed_of_something_else_is_empty(self) -> None:
        assert read(atom(entry("t5_2qh1i"), entry("https://x.example")), url=FEED).items == ()


class TestCountsReadAgain:
    POSTS = (("t3_1abc", None), ("t1_kxyz", "https://www.reddit.com/"), ("x&y", None))

    def test_are_asked_for_by_id(self) -> None:
        made = reddit.refresh(f"{API}/r/all/comments?x=1", self.POSTS)
        assert urlsplit(made)[:3] == ("https", "oauth.reddit.com", "/api/info")
        assert params(made) == {"id": "t3_1abc,t1_kxyz", "raw_json": "1"}

    def test_are_asked_for_a_hundred_at_a_time(self) -> None:
        made = reddit.refresh(API, [(f"t3_{n}", None) for n in range(150)])
        assert len(params(made)["id"].split(",")) == reddit.REFRESH_AT_ONCE == 100

    def test_are_not_to_be_had_from_a_feed(self) -> None:
        assert reddit.refresh(FEED, self.POSTS) == ""
        assert reddit.refresh(API, [("x", None)]) == ""

    def test_are_none_for_what_is_gone_and_unknown_for_what_is_not_spoken_of(self) -> None:
        gone = {**COMMENT, "body": "[deleted]"}
        page = answered(listing(POST, gone, {**POST, "name": "t3_other"}), asked(API))
        assert reddit.read_counts(page, [*self.POSTS, ("t3_quiet", None)]) == {
            "t3_1abc": {"score": 12.0, "replies": 3.0, "reposts": 1.0},
            "t1_kxyz": None,
        }


fields = st.sampled_from([*POST, *COMMENT, "crosspost_parent", "removed_by_category", "stickied"])


@given(st.dictionaries(fields, hostile, max_size=6), hostile)
def test_fields_of_any_type_are_survived(change: dict[str, Any], after: Any) -> None:
    body = listing(POST, {**COMMENT, **change, "name": "t1_other"}, after=after)
    document = read(json.loads(json.dumps(body)))
    assert "t3_1abc" in {item.native_id for item in document.items}
    for item in document.items:
        assert item.url is None or item.url.startswith("https://www.reddit.com/")
        assert item.published_at is None or item.published_at <= NOW + timedelta(days=1)


@given(st.binary(max_size=200) | hostile, st.sampled_from([API, FEED]))
def test_nothing_but_a_feed_error_comes_of_nonsense(body: Any, url: str) -> None:
    with suppress(FeedError):
        read(body, url=url)


@dataclass
class Server:
    """Lists its posts from the newest on, no more than a thousand, and forgets deleted ones."""

    size: int
    posts: list[tuple[str, datetime]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def publish(self, count: int, *, at: datetime) -> None:
        self.posts += [(f"t3_{len(self.posts) + n}", at) for n in range(count)]

    def page(self, after: str) -> tuple[list[tuple[str, datetime]], str | None]:
        """Posts, and where the list goes on."""
        listed = [post for post in reversed(self.posts) if post[0] not in self.gone][:1_000]
        names = [name for name, _ in listed]
        if after and after not in names:
            return [], None
        start = names.index(after) + 1 if after else 0
        found = listed[start : start + self.size]
        return found, found[-1][0] if start + self.size < len(listed) else None

    def api(self, url: str) -> bytes:
        found, after = self.page(params(url).get("after", ""))
        posts = [{**POST, "name": name, "created_utc": at.timestamp()} for name, at in found]
        return json.dumps(listing(*posts, after=after)).encode()

    def feed(self, url: str) -> bytes:
        found, _ = self.page(params(url).get("after", ""))
        return atom(*(entry(name, at=at) for name, at in found))


@pytest.mark.parametrize(("way", "seed"), [(API, 0), (API, 1), (API, 2), (API, 3), (FEED, 4)])
def test_every_post_is_collected_whatever_cuts_the_polls_off(way: str, seed: int) -> None:
    """Bursts, polls at random times, chains cut off, answers lost, the last post deleted."""
    luck = random.Random(seed)
    server = Server(size=8)
    server.publish(5, at=NOW - timedelta(minutes=5))
    collector = Collector(reddit.KIND, server.api if way == API else server.feed, way)
    now = NOW
    for _ in range(40):
        now += timedelta(minutes=luck.randint(1, 20))
        server.publish(luck.choice([0, 0, 1, 3, 20, 40]), at=now - timedelta(seconds=5))
        collector.poll(now, pages=luck.choice([1, 2, 3, 20, 20]))
        if luck.random() < 0.1 and set(collector.stored) >= {name for name, _ in server.posts}:
            server.gone.add(server.posts[-1][0])
    for _ in range(9):
        collector.poll(now := now + timedelta(minutes=5))
    assert set(collector.stored) == {name for name, _ in server.posts}


def test_new_posts_between_two_pages_are_neither_lost_nor_in_the_way() -> None:
    server = Server(size=10)
    server.publish(25, at=NOW - timedelta(minutes=30))
    collector = Collector(reddit.KIND, server.api, API)
    collector.poll(NOW, pages=1)
    server.publish(12, at=NOW)
    collector.poll(NOW + timedelta(minutes=1))
    assert len(collector.stored) == 25
    assert set(collector.came.values()) == {1}
    collector.poll(NOW + timedelta(minutes=20))
    assert len(collector.stored) == 37


def test_a_post_that_is_deleted_under_the_cursor_costs_nothing_but_a_second_look() -> None:
    server = Server(size=10)
    server.publish(5, at=NOW - timedelta(minutes=90))
    collector = Collector(reddit.KIND, server.api, API)
    collector.poll(NOW - timedelta(minutes=60))
    server.publish(25, at=NOW - timedelta(minutes=30))
    collector.poll(NOW, pages=1)
    server.gone.add("t3_20")
    assert json.loads(collector.cursor)["at"] == "t3_20"
    assert len(collector.stored) == 15
    collector.poll(NOW + timedelta(minutes=1))
    assert len(collector.stored) == 30
    assert "again" not in json.loads(collector.cursor)


def test_a_quiet_source_costs_one_request() -> None:
    server = Server(size=100)
    server.publish(30, at=NOW - timedelta(days=1))
    server.publish(1, at=NOW)
    collector = Collector(reddit.KIND, server.api, API, since=NOW - timedelta(hours=1))
    assert [collector.poll(NOW + timedelta(minutes=n)) for n in range(4)] == [1, 1, 1, 1]
    assert collector.warnings == []


def test_more_than_a_list_holds_is_said() -> None:
    server = Server(size=100)
    server.publish(5, at=NOW - timedelta(hours=1))
    collector = Collector(reddit.KIND, server.api, API)
    collector.poll(NOW - timedelta(minutes=50))
    assert collector.warnings == []
    server.publish(1_200, at=NOW)
    assert collector.poll(NOW) == 10
    assert len(collector.stored) == 1_005
    assert collector.warnings == [paging.CUT]


class TestRecordedAnswers:
    @pytest.mark.parametrize(
        ("name", "posts"),
        [
            ("TestSubreddit_test_search_1", 6),
            ("TestRedditorListings_test_overview__new_1", 100),
            ("TestSubredditStreams_test_comments_1", 100),
            ("TestSubredditStreams_test_comments__with_continue_after_id_2", 95),
            ("TestFront_test_new_1", 100),
        ],
    )
    def test_of_the_api_are_read_whole(self, name: str, posts: int) -> None:
        recorded = json.loads(sample(f"reddit/{name}.json"))["response"]
        document = read(recorded["json"])
        assert len(document.items) + len(document.deleted) == posts
        for item, child in zip(document.items, recorded["json"]["data"]["children"], strict=False):
            assert item.native_id == child["data"]["name"]
            assert item.url is not None
            assert item.published_at == datetime.fromtimestamp(child["data"]["created_utc"], UTC)
            hidden = child["data"].get("hide_score") or child["data"].get("score_hidden")
            assert hidden or item.engagement["score"] == child["data"]["score"]
        after = recorded["json"]["data"]["after"]
        assert json.loads(document.cursor or "").get("at") == after

    def test_of_the_api_name_the_originals_of_cross_posts(self) -> None:
        recorded = json.loads(sample("reddit/TestRedditorListings_test_overview__new_1.json"))
        items = read(recorded["response"]["json"]).items
        assert sum(item.repost_of is not None for item in items) == 6

    def test_of_a_feed_are_read_whole(self) -> None:
        document = read(sample("reddit/atom_mediarss_reddit_1.xml"), url=f"{FEED}/r/homelab")
        assert len(document.items) == 25
        for item in document.items:
            assert item.author is not None
            assert item.author.startswith("u/")
            assert (item.url or "").startswith(f"{FEED}/r/homelab/comments/")
            assert "[comments]" not in item.text
