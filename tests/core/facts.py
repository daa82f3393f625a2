"""Short ways to say what is known of a story, a mention, a verdict, an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.tally import StoryFacts
from monitor.core.types import Incident, Level, Mention, Risk, Stance, Status, Verdict

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

#: A mention record with every field that there is, as it is read from a file.
RECORD: Mapping[str, Any] = {
    "id": "t1",
    "source": "twitter",
    "url": "https://x.example/1",
    "author": "@a",
    "author_followers": 120,
    "text": "hello",
    "title": None,
    "published_at": "2017-04-10T01:13:00Z",
    "language": "en",
    "engagement": {"likes": 3, "reposts": None},
    "repost_of": None,
    "brand": None,
}


def story(**known: Any) -> StoryFacts:
    """One post by one author an hour ago, harmless unless said otherwise."""
    first = NOON - HOUR
    return replace(
        StoryFacts(
            brand="Acme",
            at=NOON,
            first_at=first,
            last_at=first,
            first_seen_at=first,
            mention_count=1,
            author_count=1,
            source_count=1,
            voices=1,
            times=(0.0,),
        ),
        **known,
    )


def crowd(count: int, **known: Any) -> StoryFacts:
    """As many authors as posts, each with words of their own."""
    counts = {"mention_count": count, "author_count": count, "voices": count}
    return story(**counts | known)


def mention(number: int = 1, **known: Any) -> Mention:
    """Each by another author, with another text, one minute after the one before."""
    values: dict[str, Any] = {
        "id": number,
        "source_id": 1,
        "source": "town",
        "kind": "mastodon",
        "native_id": f"n{number}",
        "brand": "Acme",
        "url": f"https://town.example/{number}",
        "author": f"@author{number}",
        "author_followers": None,
        "title": None,
        "text": f"Text number {number}",
        "language": "en",
        "published_at": NOON + number * MINUTE,
        "seen_at": NOON + number * MINUTE,
        "fingerprint": f"f{number}",
        "repost_of": None,
    }
    return Mention(**values | known)


def verdict(**known: Any) -> Verdict:
    """A routine complaint that is certainly about the brand."""
    values: dict[str, Any] = {
        "model": "test",
        "language": "en",
        "about": 1.0,
        "stance": Stance(negative=0.8, neutral=0.2, positive=0.0),
        "alarm": 0.05,
        "complaint": 0.9,
        "outrage": 0.1,
        "firsthand": 0.5,
        "severity": 1.0,
        "harms": {"service": 0.9},
    }
    return Verdict(**values | known)


GRAVE = verdict(alarm=0.9, severity=4.0, outrage=0.6, firsthand=0.8, harms={"safety": 0.95})


def incident(level: Level = Level.WARNING, **known: Any) -> Incident:
    """Opened at noon at `level`, and nobody answered."""
    values: dict[str, Any] = {
        "id": 1,
        "brand": "Acme",
        "title": "Something happened",
        "status": Status.OPEN,
        "level": level,
        "severity": 3.0,
        "risk": 0.6,
        "opened_at": NOON,
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "alerted_level": level,
        "last_alert_at": NOON,
        "raised_at": NOON,
    }
    return Incident(**values | known)


def risk(value: float) -> Risk:
    return Risk(value=value, parts=())
