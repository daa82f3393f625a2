"""A repost says what its original says, by somebody else, at another time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.brands import Matcher
from monitor.core.passed_on import passed_on, spreads
from monitor.core.polling import NewMention, RawItem
from monitor.core.settings import Brand

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ORIGINAL = NewMention(
    native_id="1",
    brand="Meridian Air",
    kind="bluesky",
    url="https://bsky.app/1",
    author="ann",
    author_followers=120,
    title="Late",
    text="Meridian Air is late",
    language="en",
    published_at=NOON,
    seen_at=NOON,
    fingerprint="print",
    matched_by="Meridian",
    certain=False,
    history=True,
    engagement={"likes": 3.0},
)
LATER = NOON + timedelta(minutes=5)


def test_a_repost_of_a_mention() -> None:
    repost = RawItem(
        native_id="2", author="ben", author_followers=7, published_at=LATER, repost_of="1"
    )
    assert passed_on(ORIGINAL, repost, now=LATER + timedelta(seconds=1)) == replace(
        ORIGINAL,
        native_id="2",
        author="ben",
        author_followers=7,
        published_at=LATER,
        seen_at=LATER + timedelta(seconds=1),
        repost_of="1",
        engagement={},
    )


@pytest.mark.parametrize(
    ("author", "by", "does"),
    [("ann", "ben", True), ("ann", "ann", False), ("ann", "@meridian", False), (None, None, True)],
    ids=["somebody else", "its author", "the brand itself", "nobody knows who"],
)
def test_what_somebody_else_passes_on_spreads(
    author: str | None, by: str | None, *, does: bool
) -> None:
    matcher = Matcher(
        [Brand(name="Meridian Air", aliases=("Meridian Air",), owned=("@meridian",))]
    )
    repost = RawItem(native_id="2", author=by, repost_of="1")

    assert spreads(repost, replace(ORIGINAL, author=author), matcher) is does
