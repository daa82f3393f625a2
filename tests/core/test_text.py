"""What counts as the same text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import (
    fingerprint,
    is_unspaced,
    links,
    nfkc,
    normalise,
    shingles,
    words,
)

SAID = "United breaks guitars, again!"
PLAIN_WORDS = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyzäéñß0123456789", min_size=1, max_size=9).filter(
        lambda word: word not in {"rt", "mt", "via", "cc", "by"}
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize(
    "variant",
    [
        "UNITED BREAKS GUITARS, AGAIN!",
        "  United\n\tbreaks   guitars… again ",
        "RT @x: United breaks guitars, again!",
        "RT by @x: United breaks guitars, again!",
        "rt @x_1: RT @y: United breaks guitars, again!",
        "United breaks guitars, again! via @someone",
        "United breaks guitars, again! (H/T @someone@mastodon.social)",
        "@united United breaks guitars, again! https://t.co/abc?x=1#y",
        "United breaks guitars, again! www.example.com/a pic.twitter.com/xyz bit.ly/3",
        "\u201cUnited\u201d breaks \u2018guitars\u2019 \u2014 again",
        "#United breaks #guitars again",
        "United breaks guitars, again!",
        "Uni\u00adted breaks gui\u200btars again",
    ],
)
def test_copies_of_a_text_have_one_fingerprint(variant: str) -> None:
    assert normalise(variant) == "united breaks guitars again"
    assert fingerprint(variant) == fingerprint(SAID)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Don't, don\u2019t", "dont dont"),
        ("Straße STRASSE", "strasse strasse"),
        ("Citroën Citroe\u0308n", "citroën citroën"),
        ("👍🏽 👍 ✈️ ✈", "👍 👍 ✈ ✈"),
        ("$5 or 5 €", "$5 or 5 €"),
        ("a+b = c_d", "a b c d"),
        ("x@united.com", "x united com"),
        ("4.5/5 and/or N.Y.", "4 5 5 and or n y"),
        ("café.com/menu", "café com menu"),
        ("a\ud800b", "ab"),
        ("art @x", "art"),
        ("", ""),
    ],
)
def test_normalising_keeps_what_is_said(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_a_fingerprint_is_short_and_stable_over_releases() -> None:
    assert len(fingerprint(SAID)) == 16
    assert fingerprint("united breaks guitars") == "d0c8ead178872bfe"


def test_texts_of_which_nothing_is_left_do_not_all_collide() -> None:
    nothing = ["", "@united", "https://t.co/a", "https://t.co/b", "!!!", "\ud800", "…"]
    assert {normalise(text) for text in nothing} == {""}
    assert len({fingerprint(text) for text in nothing}) == len(nothing)
    assert fingerprint("@united") == fingerprint("@united")
    assert fingerprint("united") != fingerprint("@united")


@settings(max_examples=50, deadline=None)
@given(said=PLAIN_WORDS, handle=st.from_regex(r"@[a-z_0-9]{1,15}", fullmatch=True))
def test_case_links_and_handles_do_not_change_a_fingerprint(said: list[str], handle: str) -> None:
    text = " ".join(said)
    variants = [
        text.upper(),
        text.title(),
        f"RT {handle}: {text}",
        f"{text} https://x.org/{handle}",
    ]
    assert {fingerprint(variant) for variant in variants} == {fingerprint(text)}


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_normalising_leaves_no_case_and_no_white_space_but_single_blanks(text: str) -> None:
    normal = normalise(text)
    assert normal.split() == normal.split(" ") or normal == ""
    assert "@" not in normal
    assert normal == normal.strip()


def test_scripts_without_blanks_give_characters_as_words() -> None:
    assert words("united 航空 hat ใจ verspätung") == (
        "united", "航", "空", "hat", "ใ", "จ", "verspätung",
    )  # fmt: skip
    assert words("abc航def") == ("abc", "航", "def")
    assert words("") == ()
    assert is_unspaced("航")
    assert is_unspaced("か")
    assert not is_unspaced("a")
    assert not is_unspaced("한")


def test_shingles_are_runs_of_words() -> None:
    assert shingles("a b c d") == {("a", "b", "c"), ("b", "c", "d")}
    assert shingles("a b c") == {("a", "b", "c")}
    assert shingles("a b", size=2) == {("a", "b")}
    assert shingles("Hi!") == {("hi",)}
    assert shingles("!") == frozenset()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://www.Example.com/A/b?utm_source=x&utm_medium=y#top.", ("example.com/A/b",)),
        ("HTTP://t.co/Ab, http://t.co/Ab and (https://t.co/cd)", ("t.co/Ab", "t.co/cd")),
        ("https://x.org/?id=3&fbclid=9", ("x.org/?id=3",)),
        ("pic.twitter.com/xyz www.united.com", ("pic.twitter.com/xyz", "united.com")),
        ("https:// is no link, nor is x@y.com/z or united.com", ()),
        ("https://x.org/ref", ("x.org/ref",)),
    ],
)
def test_links_are_told_apart_by_where_they_lead(text: str, found: tuple[str, ...]) -> None:
    assert links(text) == found


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_bounded_normalisation_is_nfkc(text: str) -> None:
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


HOSTILE = {
    "marks": "\u0315\u0300" * 30_000,
    "handles": "@a" * 30_000,
    "reposts": "rt @x " * 10_000,
    "dots": "a." * 30_000,
    "links": "http://" * 9_000,
    "blanks": "rt" + " " * 60_000,
    "parameters": "https://x.org/?" + "utm_a=1&" * 8_000,
    "hashes": "#1" * 30_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_long_hostile_texts_cost_a_moment(text: str) -> None:
    began = time.process_time()
    fingerprint(text)
    links(text)
    shingles(text)

    assert time.process_time() - began < 2
