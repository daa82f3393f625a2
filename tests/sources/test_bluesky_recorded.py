"""Recorded frames of the network, and the identifiers of the AT Protocol's own test files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.core.asking import Ask, Page
from monitor.sources import bluesky, jetstream
from monitor.sources.streaming import Post, Repost

SAMPLES = Path("/work/shared/data/api-samples/bluesky")
SYNTAX = SAMPLES / "atproto-sdk/tests/interop-test-files/syntax"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def lines(path: Path) -> list[str]:
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    return path.read_text("utf-8").splitlines()


def recorded(name: str) -> list[bytes]:
    return [line.encode() for line in lines(SAMPLES / "jetstream" / name)]


def identifiers(kind: str, verdict: str) -> Iterator[str]:
    for line in lines(SYNTAX / f"{kind}_syntax_{verdict}.txt"):
        if line and not line.startswith("#"):
            yield line


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("internal_subscribe_testdata_golden_v1.jsonl", {"Post": 1, "Repost": 1, "Passed": 1}),
        (
            "internal_corpus_testdata_expected_v1.jsonl",
            {"Post": 17, "Repost": 15, "Deleted": 1, "Passed": 1},
        ),
    ],
)
def test_recorded_frames_are_told_apart(name: str, seen: dict[str, int]) -> None:
    events = [event for event in map(jetstream.read, recorded(name)) if event is not None]
    assert Counter(type(event).__name__ for event in events) == seen


def test_recorded_posts_are_read_to_the_letter() -> None:
    for frame in recorded("internal_corpus_testdata_expected_v1.jsonl"):
        event, row = jetstream.read(frame), json.loads(frame)
        if not isinstance(event, Post | Repost):
            continue
        item, record = bluesky.item(event, now=NOW), row["commit"]["record"]
        assert event.position == row["time_us"]
        assert item.author == row["did"]
        assert item.native_id.endswith(f"/{row['commit']['rkey']}")
        assert item.text.startswith(record.get("text", "").split("\n")[0].strip())
        assert item.repost_of == record.get("subject", {}).get("uri")
        assert item.published_at is not None
        assert item.url is not None


def test_recorded_views_of_posts_have_counts() -> None:
    thread = json.loads(
        "\n".join(lines(SAMPLES / "atproto-sdk/thread_view_post_with_embed_media.json"))
    )
    view = thread["thread"]["post"]
    ask = Ask(url="", query="", cursor="", since=None, now=NOW)
    page = Page(body=json.dumps({"posts": [view]}).encode(), headers={}, url="", ask=ask)
    assert bluesky.read_counts(page, [(view["uri"], None)]) == {
        view["uri"]: {
            "likes": float(view["likeCount"]),
            "reposts": float(view["repostCount"]),
            "replies": float(view["replyCount"]),
        }
    }


def accepts(did: str = "did:plc:abc", key: str = "3kabc") -> bool:
    return jetstream.post_uri(f"at://{did}/app.bsky.feed.post/{key}") is not None


def test_accounts_as_the_protocol_spells_them() -> None:
    assert [did for did in identifiers("did", "valid") if not accepts(did)] == []
    assert [did for did in identifiers("did", "invalid") if accepts(did)] == []


def test_keys_as_the_protocol_spells_them() -> None:
    # A key of 512 characters is one, but longer than any id that we keep.
    assert [key for key in identifiers("recordkey", "valid") if not accepts(key=key)] == [
        "o" * 512
    ]
    assert [key for key in identifiers("recordkey", "invalid") if accepts(key=key)] == []


def test_addresses_as_the_protocol_spells_them() -> None:
    wrong = [uri.replace("com.atproto", "app.bsky") for uri in identifiers("aturi", "invalid")]
    right = [uri.replace("com.atproto", "app.bsky") for uri in identifiers("aturi", "valid")]
    assert [uri for uri in wrong if jetstream.post_uri(uri)] == []
    known = [uri for uri in right if "/app.bsky.feed.post/" in uri and uri.startswith("at://did")]
    assert len(known) > 5
    assert [uri for uri in known if len(uri) < 500 and not jetstream.post_uri(uri)] == []


def test_times_as_the_protocol_spells_them() -> None:
    # Those files speak of 1985 and the year 1, when nobody had a computer to post with.
    times = [text.replace("1985-", "2015-") for text in identifiers("datetime", "valid")]
    unread = [t for t in times if bluesky.said_at({"createdAt": t}, None, now=NOW) is None]
    assert [time for time in unread if time.startswith("2015-")] == []
