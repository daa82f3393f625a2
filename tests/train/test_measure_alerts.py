"""How early grave topics are flagged, and what counts as a false page."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.train.measure_alerts import (
    Judged,
    Post,
    brand_weeks,
    false_pages,
    grave,
    posts,
    recall,
)

START = datetime(2012, 6, 4, tzinfo=UTC)


def post(number: int, topic: str = "t", *, alert: bool = False, brand: str = "B") -> Post:
    return Post(
        id=f"p{number}",
        brand=brand,
        at=START + timedelta(hours=number),
        text="",
        topic=topic,
        is_alert=alert,
    )


def test_only_related_english_mentions_with_a_topic_are_read_in_their_order(
    tmp_path: Path,
) -> None:
    fields = ("fold", "filtering", "language", "topic", "priority", "timestamp", "tweet_id")
    rows = (
        ("dev", "RELATED", "EN", " late ", "ALERT", "2012-06-02T00:00:00Z", "2"),
        ("dev", "RELATED", "EN", "early", "UNIMPORTANT", "2012-06-01T00:00:00Z", "1"),
        ("dev", "UNRELATED", "EN", "x", "ALERT", "2012-06-01T00:00:00Z", "3"),
        ("dev", "RELATED", "ES", "x", "ALERT", "2012-06-01T00:00:00Z", "4"),
        ("dev", "RELATED", "EN", " ", "ALERT", "2012-06-01T00:00:00Z", "5"),
        ("train", "RELATED", "EN", "x", "ALERT", "2012-06-01T00:00:00Z", "6"),
    )
    with gzip.open(tmp_path / "mentions.csv.gz", "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*fields, "brand", "text"])
        writer.writerows([*row, "B", "words"] for row in rows)

    found = posts(tmp_path)

    assert [(p.id, p.topic, p.is_alert) for p in found] == [
        ("1", "early", False),
        ("2", "late", True),
    ]


def test_a_topic_is_grave_when_half_of_its_three_or_more_posts_are_alerts() -> None:
    half = [post(n, "half", alert=n % 2 == 0) for n in range(4)]
    few = [post(n, "few", alert=True) for n in range(10, 12)]
    mild = [post(n, "mild", alert=n == 20) for n in range(20, 23)]
    elsewhere = [post(n, "half", brand="C") for n in range(30, 34)]

    assert grave([*half, *few, *mild, *elsewhere]) == {("B", "half"): half}


def test_a_topic_is_recalled_when_one_of_its_first_three_posts_raised_its_story() -> None:
    topics = {("B", "a"): [post(n) for n in range(4)], ("B", "b"): [post(n) for n in range(9, 13)]}
    judged = [
        Judged(post="p2", story=1, risk=0.5),
        Judged(post="p12", story=2, risk=0.9),
    ]

    assert recall(topics, judged, 0.5) == 0.5
    assert recall(topics, judged, 0.51) == 0.0


def test_a_page_is_false_when_its_story_holds_no_alert_by_then() -> None:
    told = [post(1), post(2, alert=True), post(3), post(4, alert=True), post(5)]
    judged = [
        Judged(post="p1", story=1, risk=0.6),
        Judged(post="p2", story=1, risk=0.9),
        Judged(post="p3", story=2, risk=0.1),
        Judged(post="p4", story=2, risk=0.7),
        Judged(post="p5", story=3, risk=0.2),
    ]

    assert false_pages(told, judged, 0.5) == 1
    assert false_pages(told, judged, 0.65) == 0
    assert false_pages(told, judged, 0.05) == 3


def test_weeks_in_which_nobody_spoke_of_a_brand_do_not_count() -> None:
    assert brand_weeks([post(0), post(1), post(24 * 21), post(2, brand="C")]) == 3
