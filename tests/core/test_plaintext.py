"""Texts from outside on one line, cut to length, and harmless."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.plaintext import clip, shown_text, tidy

CLIPPED = [
    ("short", 5, "short"),
    ("a  b\n c", 20, "a b c"),
    ("one two three", 13, "one two three"),
    ("one two three", 12, "one two…"),
    ("one two three", 9, "one two…"),
    ("one two three", 8, "one two…"),
    ("one two, three", 10, "one two…"),
    ("incomprehensibilities", 10, "incompreh…"),
    ("a incomprehensibilities", 10, "a incompr…"),
    ("日本語の文には空白がない", 6, "日本語の文…"),
    ("", 5, ""),
]


@pytest.mark.parametrize(("text", "limit", "expected"), CLIPPED)
def test_texts_are_cut_at_the_end_of_a_word(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit) == expected


@settings(deadline=None)
@given(st.text(), st.integers(1, 50))
def test_a_cut_text_fits_and_begins_as_the_whole(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    assert tidy(text).startswith(cut.removesuffix("…"))
    cut.encode()


@pytest.mark.parametrize(
    ("title", "text", "shown"),
    [
        (
            "Bells toll for victims",
            "Families gathered.",
            "Bells toll for victims. Families gathered.",
        ),
        ("Was I mis-sold? ", "I am 57.", "Was I mis-sold? I am 57."),
        ("Bells toll", "Bells toll for victims", "Bells toll for victims"),
        ("Bells toll", "", "Bells toll"),
        (None, "Bells\ntoll", "Bells toll"),
    ],
)
def test_a_title_does_not_run_on_into_the_text(title: str | None, text: str, shown: str) -> None:
    assert tidy(shown_text(title, text)) == shown


TIDIED = {
    "a\x00b\x1b[31mc": "a b [31mc",
    " a\t\r\n b ": "a b",
    "user\u202egnp.exe": "usergnp.exe",
    "a\u2066b\u2069": "ab",
    "half \ud83d pair": "half pair",
    "🙂 whole pair": "🙂 whole pair",
    "क्\u200dष": "क्\u200dष",
}


@pytest.mark.parametrize("text", TIDIED)
def test_control_characters_direction_tricks_and_broken_text_are_taken_out(text: str) -> None:
    assert tidy(text) == TIDIED[text]
