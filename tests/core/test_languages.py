"""When a language is told, and when a verdict on it can be believed."""

from __future__ import annotations

import pytest

from monitor.core.languages import CANDIDATES, UNDETERMINED, believed, is_trained, words_shown


def test_the_identifier_sees_words_alone() -> None:
    shown = words_shown("@ann The CREW &amp; https://t.co/x #ShameOnYou \U0001f621 HTTP")
    assert shown.split() == ["the", "crew", "&", "shame", "on", "you"]


def test_of_a_long_text_the_beginning_is_enough() -> None:
    assert len(words_shown("ab " * 1000)) <= 400


def test_english_is_among_those_told_apart_and_each_is_once() -> None:
    assert "en" in CANDIDATES
    assert len(set(CANDIDATES)) == len(CANDIDATES)


@pytest.mark.parametrize(
    ("words", "probability", "language"),
    [
        ("abcdefghij klmnopqrst", 0.6, "xx"),
        ("abcdefghij klmnopqrst", 0.59, None),
        ("abcdefghij klmnopqrs 12345 ...", 1.0, None),
        ("", 1.0, None),
        ("максим", 0.6, "xx"),
        ("максим", 0.59, UNDETERMINED),
        ("макси", 1.0, None),
        ("最悪なホテル", 0.2, UNDETERMINED),
        ("최악의 항공사", 0.9, "xx"),
        ("максим abcdef", 1.0, None),
        ("максим abcde", 0.1, UNDETERMINED),
        ("größter ärger über verspätung", 0.3, None),
        ("tiếng việt rất đẹp ạ", 0.3, None),
    ],
)
def test_a_guess_is_believed_when_it_is_sure_and_there_is_enough_to_read(
    words: str, probability: float, language: str | None
) -> None:
    assert believed(words, "xx", probability) == language


@pytest.mark.parametrize(
    ("language", "trained", "expected"),
    [
        ("en", ["en"], True),
        ("es", ["en"], False),
        ("es", ["en", "es"], True),
        (UNDETERMINED, ["en"], False),
        (None, ["en"], True),
        ("es", [], True),
    ],
)
def test_a_verdict_is_believed_in_the_languages_that_were_trained(
    language: str | None, trained: list[str], expected: bool
) -> None:
    assert is_trained(language, trained) is expected
