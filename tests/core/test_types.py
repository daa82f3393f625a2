"""The few derived facts of the vocabulary: levels by name, when and what a mention says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.settings import Brand, Secret, Settings
from monitor.core.types import Level, Mention, Status, full_text

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MENTION = Mention(
    id=1,
    source_id=1,
    source="a",
    kind="feed",
    native_id="1",
    brand="Meridian Air",
    url=None,
    author=None,
    author_followers=None,
    title="Late again",
    text="Two hours at the gate",
    language=None,
    published_at=NOON,
    seen_at=NOON,
    fingerprint="x",
    repost_of=None,
)


def test_a_level_is_known_by_its_name():
    assert [Level.parse(level.label) for level in Level] == list(Level)
    with pytest.raises(ValueError, match="'huge' is not one of watch, warning, critical"):
        Level.parse("huge")


def test_people_can_still_be_told_of_what_is_not_over():
    assert {status for status in Status if status.is_live} == {
        Status.OPEN,
        Status.ACKNOWLEDGED,
        Status.SNOOZED,
    }


@pytest.mark.parametrize(
    ("published", "at"),
    [
        (None, NOON),
        (NOON - timedelta(hours=1), NOON - timedelta(hours=1)),
        (NOON + timedelta(hours=1), NOON),
    ],
    ids=["without a date when it was seen", "its own date", "never in the future"],
)
def test_a_mention_was_said(published, at):
    assert replace(MENTION, published_at=published).at == at


@pytest.mark.parametrize(
    ("title", "text", "whole"),
    [
        ("Late again", "Two hours", "Late again\nTwo hours"),
        (None, "Two hours", "Two hours"),
        ("", "Two hours", "Two hours"),
        ("Late", "Late again, two hours", "Late again, two hours"),
        ("Late again", "", "Late again"),
    ],
)
def test_title_and_text_are_read_once_each(title, text, whole):
    assert full_text(title, text) == whole
    assert replace(MENTION, title=title, text=text).full_text == whole


def test_settings_are_found_by_name():
    brand = Brand(name="Meridian Air")
    settings = Settings(database=Path("a"), model=Path("b"), brands=(brand,))

    assert settings.brand("Meridian Air") is brand
    assert settings.source("a") is None
    assert settings.webhook("a") is None
    with pytest.raises(KeyError, match="Castell"):
        settings.brand("Castell")


def test_a_secret_shows_where_it_stands_at_most():
    assert repr(Secret("hunter2", "env:HOOK")) == "Secret('env:HOOK')"
    assert str(Secret("hunter2")) == "***"
    assert Secret("hunter2").reveal() == "hunter2"
