"""What is taken out of a text before it is read, and what is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.noise import LINK, without_noise


def cleaned(text: str) -> str:
    return " ".join(without_noise(text).split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # remains of markup
        ("Crew &amp; guests&nbsp;hurt &#8212; again &#x2014;", "Crew & guests hurt — again —"),
        ("<p class='a'>hurt</p><br/><BR /><b>again</b>", "hurt again"),
        ('<a href="https://x.example/a?b=1">hurt</a>', "hurt"),
        ("&lt;b&gt;hurt&lt;/b&gt;", "hurt"),
        ("<s>hurt</s> </s> [SEP] [cls] <|endoftext|>", "hurt"),
        # what only looks like it
        ("<a passenger was hurt>", "<a passenger was hurt>"),
        ("a < b and c > d, <3 &c; AT&T &copy", "a < b and c > d, <3 &c; AT&T &copy"),
        ("[SEPT] <sp>", "[SEPT] <sp>"),
        # addresses
        ("hurt https://t.co/a?b=1#c", f"hurt {LINK}"),
        ("hurt pic.twitter.com/x bit.ly/3 www.x.example", f"hurt {LINK}"),
        ("http https://t.co/a hurt https://t.co/b", f"{LINK} hurt {LINK}"),
        ("httpx https://t.co/a", f"httpx {LINK}"),
        # what cannot be seen
        ("h\u200bu\u00adr\u2060t, \u202ehurt\ufeff\u3164\ud83d", "hurt, hurt"),
        ("\uff48\uff55\uff52\uff54 \U0001d421\U0001d42e\U0001d42b\U0001d42d", "hurt hurt"),
        # pictures
        ("😡😡 hurt ✈️🔥 👎🏽 again 👩‍👩‍👧 🇳🇴 1️⃣", "hurt again 1"),
        ("Meridian™ we ❤️ it 💕 ★ ♥", "Meridian we ♥ it ♥ ★ ♥"),
        # letters of other scripts
        ("Аirline сrew", "Airline crew"),  # noqa: RUF001
        ("ΚLM crеw", "KLM crew"),  # noqa: RUF001
        ("Экипаж Аэрофлота", "Экипаж Аэрофлота"),
        ("сор сор hurt", "сор сор hurt"),  # noqa: RUF001
        ("Samsungом, καφέ, λaλ", "Samsungом, καφέ, λaλ"),  # noqa: RUF001
        # hashtags
        ("#ShameOnYou #fail #NHSStaff", "Shame On You fail NHS Staff"),
        ("#shame_on_you #flight3411hurt #BP", "shame on you flight 3411hurt BP"),
        ("#1 #22 a#Bc &#x; x/#AbC", "#1 #22 a#Bc &#x; x/#AbC"),
        # drawn out
        ("soooo baaaad, nooo pleeease", "soo bad, noo pleease"),
        ("killllled HUUUURT", "killed HURT"),
        ("WWW, III, XXX, 1000000, ---!!!", "WWW, III, XXX, 1000000, ---!!!"),
    ],
)
def test_what_becomes_of_a_text(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@given(st.lists(st.sampled_from(["the", "crew", "of", "Zorvex", "hurt", "me,", "again!"])))
def test_ordinary_words_stay_as_they_are(words: list[str]) -> None:
    assert without_noise(" ".join(words)) == " ".join(words)


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    without_noise(text)


@pytest.mark.parametrize(
    "unit",
    [
        *("&#9", "&amp", "<a x=", "<a ", "</", "<|", "[SEP"),
        *("#", "#A1", "#_", "A", "aB", "aaab", "9", "h", "\u0430", "\u0430b"),
        *("www.", "a.", "http ", "\u200b", "\U0001f621"),
    ],
)
def test_texts_made_to_be_slow_are_not(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.perf_counter()
    without_noise(text)
    assert time.perf_counter() - started < 2.0


def test_a_number_too_long_for_python_is_left_alone() -> None:
    text = "&#" + "9" * 5000 + ";"
    assert without_noise(text) == text
