"""YouTube: the newest videos of a channel or a playlist, with their counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.core.polling import FeedDocument, RawItem
from monitor.errors import FeedError
from monitor.sources import youtube
from tests.sources.simulated import NOW, Collector, answered, asked, sample

CHANNEL = "UC" + "a-B_5" * 4 + "xy"
FEED = "https://www.youtube.com/feeds/videos.xml"
URL = f"https://www.youtube.com/channel/{CHANNEL}"
SPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:yt="http://www.youtube.com/xml/schemas/2015"'
)
COUNTED = '<media:starRating count="15"/><media:statistics views="304"/>'


def video(name: str, *, counts: str = COUNTED, link: str = "https://www.youtube.com/x") -> str:
    return (
        f"<entry><id>{name}</id><yt:videoId>1</yt:videoId><title>Fire &amp; smoke</title>"
        f'<link rel="alternate" href="{link}"/><author><name>The Channel</name></author>'
        "<published>2026-11-22T09:00:00+00:00</published>"
        "<updated>2026-11-22T11:00:00+00:00</updated><media:group>"
        "<media:description>What happened &amp; why</media:description>"
        f"<media:community>{counts}</media:community></media:group></entry>"
    )


def feed(*entries: str) -> bytes:
    return f"<feed {SPACES}><title>The Channel</title>{''.join(entries)}</feed>".encode()


def read(body: bytes) -> FeedDocument:
    return youtube.read(answered(body, asked(URL)))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (URL, f"{FEED}?channel_id={CHANNEL}"),
        (f"{URL}/", f"{FEED}?channel_id={CHANNEL}"),
        (CHANNEL, f"{FEED}?channel_id={CHANNEL}"),
        ("https://www.youtube.com/playlist?list=PLabcdefgh12", f"{FEED}?playlist_id=PLabcdefgh12"),
        ("https://www.youtube.com/watch?v=1&list=UULFabcdef", f"{FEED}?playlist_id=UULFabcdef"),
        ("PLabcdefgh12", f"{FEED}?playlist_id=PLabcdefgh12"),
        (f"{FEED}?channel_id=1", f"{FEED}?channel_id=1"),
        ("http://127.0.0.1:81/feeds/videos.xml?a", "http://127.0.0.1:81/feeds/videos.xml?a"),
    ],
)
def test_the_address_is_that_of_the_channel_or_the_playlist(url: str, address: str) -> None:
    assert youtube.ask(asked(url)) == address
    assert youtube.complaint(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/@name",
        "https://www.youtube.com/c/name",
        "https://www.youtube.com/",
        f"{URL}x",
        f"https://www.youtube.com/channel/{CHANNEL}/videos",
        "https://www.youtube.com/playlist?list=../x",
    ],
)
def test_an_address_that_names_neither_is_explained(url: str) -> None:
    assert "https://www.youtube.com/channel/UC" in youtube.complaint(url)
    assert youtube.ask(asked(url)) == url


def test_a_video_is_read_whole() -> None:
    document = read(feed(video("yt:video:1")))
    assert document == FeedDocument(
        title="The Channel",
        items=(
            RawItem(
                native_id="yt:video:1",
                url="https://www.youtube.com/x",
                title="Fire & smoke",
                text="What happened & why",
                author="The Channel",
                published_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
                engagement={"views": 304.0, "likes": 15.0},
            ),
        ),
    )


@pytest.mark.parametrize(
    ("counts", "engagement"),
    [
        ("", {}),
        ('<media:statistics views="0"/>', {"views": 0.0}),
        ('<media:statistics views="many"/><media:starRating count="-1"/>', {}),
        (f'<media:statistics views="{"9" * 400}"/>', {}),
    ],
)
def test_counts_that_are_not_given_are_unknown(counts: str, engagement: dict[str, float]) -> None:
    (item,) = read(feed(video("yt:video:1", counts=counts))).items
    assert item.engagement == engagement


def test_a_link_that_leads_nowhere_is_left_out() -> None:
    (item,) = read(feed(video("yt:video:1", link="javascript:alert(1)"))).items
    assert item.url is None


def test_a_channel_without_videos_is_empty() -> None:
    assert read(feed()).items == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><html></html>", "looks like HTML"),
        (b"", "empty"),
        (b' {"version": "https://jsonfeed.org/version/1.1", "items": []}', "JSON"),
        (feed(video("tag:blog.example,2026:1")), "no entry of it is a video"),
    ],
)
def test_what_is_no_feed_of_videos_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        read(body)


def test_every_video_is_collected_once_and_counted_again() -> None:
    """The feed shows 15: a poll in time sees each, the oldest leave."""
    names = [f"yt:video:{n}" for n in range(40)]
    shown = [15, 20, 34, 34, 40]

    def serve(_: str) -> bytes:
        end = shown.pop(0)
        return feed(*(video(name) for name in reversed(names[end - 15 : end])))

    collector = Collector(youtube.KIND, serve, URL)
    while shown:
        assert collector.poll(NOW) == 1
    assert set(collector.stored) == set(names)
    assert collector.cursor == ""


class TestCountsReadAgain:
    POSTS: Any = (("yt:video:1", None), ("yt:video:9", None))

    def test_are_in_the_feed_itself(self) -> None:
        assert youtube.refresh(URL, self.POSTS) == f"{FEED}?channel_id={CHANNEL}"
        assert youtube.refresh(URL, []) == ""

    def test_are_unknown_for_a_video_that_has_left_it(self) -> None:
        page = answered(feed(video("yt:video:1"), video("yt:video:2")), asked(URL))
        assert youtube.read_counts(page, self.POSTS) == {
            "yt:video:1": {"views": 304.0, "likes": 15.0}
        }


@pytest.mark.parametrize(
    ("name", "videos"),
    [("youtube/atom_mediarss_youtube_1.xml", 1), ("feeds-huginn/youtube.xml", 15)],
)
def test_recorded_feeds_are_read_whole(name: str, videos: int) -> None:
    items = read(sample(name)).items
    assert len(items) == videos
    for item in items:
        assert item.native_id.startswith("yt:video:")
        assert item.url is not None
        assert item.published_at is not None
        assert set(item.engagement) == {"views", "likes"}
